// Anthropic's own client, speaking to a running gateway: only its base URL changes.
// Run: npm start, and beside it: node examples/anthropic-client.ts
import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({
  baseURL: process.env.TOLLGATE_URL ?? 'http://127.0.0.1:4000',
  apiKey: process.env.TOLLGATE_KEY ?? 'unused',
})
const model = process.env.MODEL ?? 'sim/small'

const message = await client.messages.create({
  model,
  max_tokens: 300,
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'What is a gateway?' }],
})
console.log(message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''))
console.log(`-- ${message.usage.input_tokens} tokens in, ${message.usage.output_tokens} out, ${message.stop_reason}`)

const stream = client.messages.stream({
  model,
  max_tokens: 2000,
  thinking: { type: 'enabled', budget_tokens: 1024 },
  messages: [{ role: 'user', content: 'Think of a number.' }],
})
const { content } = await stream.finalMessage()
console.log(`streamed: ${content.map(({ type }) => type).join(', ')}`)

const { input_tokens: tokens } = await client.messages.countTokens({
  model,
  messages: [{ role: 'user', content: 'What is a gateway?' }],
})
console.log(`counted: ${tokens} tokens`)

try {
  await client.messages.create({ model: 'nobody/knows', max_tokens: 1, messages: [{ role: 'user', content: 'Hello' }] })
} catch (error) {
  if (!(error instanceof Anthropic.NotFoundError)) throw error
  console.log(`refused: ${error.type}, status ${error.status}`)
}
