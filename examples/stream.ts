// An answer as it comes, for a team, with a time limit; its cost at the end. Run: node examples/stream.ts
import { createGateway } from 'tollgate'

const gateway = await createGateway()
const shop = gateway.asCaller({ team: 'shop', tags: { feature: 'search' } })

const stream = shop.stream(
  { model: process.env.MODEL ?? 'sim/small', messages: [{ role: 'user', content: 'Count to ten.' }] },
  { timeoutMs: 30_000 },
)
for await (const delta of stream) {
  if (delta.kind === 'text') process.stdout.write(delta.text)
}
const { answer } = stream
console.log(`\n-- ${answer?.finish} after ${answer?.durationMs.toFixed(0)} ms, $${answer?.costUsd}`)

await gateway.close()
