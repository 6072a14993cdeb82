// A budget for each session of an agent: it is never overspent, and the rest of the application goes on.
// Run: node examples/budget.ts
import { createGateway, GatewayError } from 'tollgate'

const gateway = await createGateway({
  discover: false,
  providers: { sim: { kind: 'simulated', tokensPerSecond: 2000, latencyMs: { p50: 20, p99: 50 } } },
  budgets: [{ scope: 'session:*', usd: 0.0005 }],
})
const question = { model: 'sim/small', messages: [{ role: 'user', content: 'What is next?' }], max_tokens: 100 }

// An agent that does not know when to stop.
const agent = gateway.asCaller({ session: 'run-1' })
try {
  for (let step = 1; ; step++) {
    const { costUsd } = await agent.chat(question)
    console.log(`step ${step}: $${costUsd}`)
  }
} catch (error) {
  if (!(error instanceof GatewayError)) throw error
  console.log(`${error.code}: ${error.message}`)
}

// Another session has a budget of its own.
const answer = await gateway.asCaller({ session: 'run-2' }).chat(question)
console.log(answer.text)
await gateway.close()
