// Asks a careless model for a value by a schema. Run: node examples/object.ts
import { createGateway } from 'tollgate'
import * as z from 'zod'

const Invoice = z.object({ total: z.number(), currency: z.enum(['EUR', 'USD']), lines: z.array(z.string()) })

const gateway = await createGateway({
  discover: false,
  // Every answer in JSON holds a mistake: fences, other quotes, missing members, …
  providers: { sim: { kind: 'simulated', faultyJsonRate: 1, seed: 3 } },
})

const result = await gateway.tryObject({
  model: 'sim/small',
  schema: Invoice,
  prompt: 'Read the invoice of the baker.',
  attempts: 3,
})
if (result.success) console.log(`${typeof result.data.total} in ${result.data.currency}, $${result.costUsd}`)
else console.log(result.error.message)

const none = { total: 0, currency: 'EUR' as const, lines: [] }
const invoice = await gateway.object({
  model: 'sim/small',
  schema: Invoice,
  prompt: 'Read the invoice of the butcher.',
  validate: () => 'nothing is ever good enough',
  fallback: none,
})
console.log(invoice)
await gateway.close()
