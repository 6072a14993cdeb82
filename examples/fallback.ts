// Two targets under one name, the first of which fails: the second answers, and the failure shows in the figures.
// Run: node examples/fallback.ts
import { createGateway, GatewayError } from 'tollgate'

const gateway = await createGateway({
  discover: false,
  providers: {
    broken: { kind: 'simulated', failing: true },
    steady: { kind: 'simulated' },
  },
  models: {
    chat: { targets: ['broken/small', 'steady/small'], timeouts: { total: '20s' } },
  },
})
const question = { model: 'chat', messages: [{ role: 'user', content: 'Is anybody there?' }] }

const answer = await gateway.chat(question)
console.log(answer.text)
console.log(`-- answered by ${answer.target} in attempt ${answer.attempts}`)

// Without fallback the failure is told, with what was tried.
try {
  await gateway.chat(question, { noFallback: true })
} catch (error) {
  if (!(error instanceof GatewayError)) throw error
  console.log(`${error.code}: ${error.message}`)
  console.log(error.details.facts?.attempts)
}

const figures = await gateway.metrics()
console.log(
  figures
    .split('\n')
    .filter((line) => line.startsWith('tollgate_attempts_total'))
    .join('\n'),
)
await gateway.close()
