// One question and its answer, without a server. Run: node examples/chat.ts
import { createGateway, GatewayError } from 'tollgate'

const gateway = await createGateway()
const model = process.env.MODEL ?? 'sim/small'

try {
  const answer = await gateway.chat({ model, messages: [{ role: 'user', content: 'What is a gateway?' }] })
  console.log(answer.text)
  console.log(`-- ${answer.target}, ${answer.usage?.output} tokens, $${answer.costUsd ?? 'unknown'}`)
} catch (error) {
  if (!(error instanceof GatewayError)) throw error
  console.error(`${error.code}: ${error.message}`)
  process.exitCode = 1
} finally {
  await gateway.close()
}
