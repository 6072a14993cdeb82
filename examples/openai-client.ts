// OpenAI's own client, speaking to a running gateway: only its base URL changes.
// Run: npm start, and beside it: node examples/openai-client.ts
import OpenAI from 'openai'

const client = new OpenAI({
  baseURL: `${process.env.TOLLGATE_URL ?? 'http://127.0.0.1:4000'}/v1`,
  apiKey: process.env.TOLLGATE_KEY ?? 'unused',
})
const model = process.env.MODEL ?? 'sim/small'

const { data: completion, response } = await client.chat.completions
  .create({ model, messages: [{ role: 'user', content: 'What is a gateway?' }] })
  .withResponse()
console.log(completion.choices[0]?.message.content)
console.log(`-- ${response.headers.get('x-tollgate-target')}, $${response.headers.get('x-tollgate-cost-usd')}`)

const stream = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: 'What is the weather in Oslo?' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 'weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ],
  tool_choice: 'required',
  stream: true,
})
let written = ''
for await (const chunk of stream) written += chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? ''
console.log(`weather(${written})`)

try {
  await client.chat.completions.create({ model: 'nobody/knows', messages: [{ role: 'user', content: 'Hello' }] })
} catch (error) {
  if (!(error instanceof OpenAI.NotFoundError)) throw error
  console.log(`refused: ${error.code}, status ${error.status}`)
}
