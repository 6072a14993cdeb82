import assert from 'node:assert/strict'
import { bedrockTextBlock } from '../../testing/index.ts'
import { anthropicSays, textBlock } from '../clients/say-anthropic.ts'
import { openaiSays } from '../clients/say-openai.ts'
import { assertReceived, endWord, type Feature, testMatrix } from './matrix.ts'
import { realModel } from './rig.ts'
import { answers, bedrockSays, saying } from './say.ts'

const question: Feature = {
  name: 'a question',
  answers: saying({ text: 'Good day, Grüße, 你好 🦊!', usage: { input: 17, output: 6 } }),
  run: async (cell) => {
    const heard = await cell.talk().say('Say hello.')
    assert.equal(heard.text, 'Good day, Grüße, 你好 🦊!')
    assert.deepEqual(heard.calls, [])
    assert.equal(heard.finish, endWord(cell, 'stop'))
    assert.deepEqual([heard.usage.read, heard.usage.said], [17, 6])
    assertReceived(cell, { bedrock: { messages: [{ role: 'user', content: [{ text: 'Say hello.' }] }] } })
    if (cell.maker !== 'fake' || cell.wire !== 'bedrock') return
    const [request, ...more] = cell.journal()
    const action = cell.form === 'stream' ? 'converse-stream' : 'converse'
    assert.equal(request?.path, `/model/${encodeURIComponent(realModel)}/${action}`)
    assert.match(
      String(request?.headers.authorization),
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/bedrock\/aws4_request, /,
    )
    assert.equal(more.length, 0)
  },
}

const system: Feature = {
  name: 'a system prompt',
  answers: saying({ text: 'Arr.' }),
  run: async (cell) => {
    assert.equal((await cell.talk().say('Who are you?', { system: 'You are a pirate.' })).text, 'Arr.')
    assert.match(JSON.stringify(cell.received().at(-1)), /You are a pirate\./)
    assertReceived(cell, { bedrock: { system: [{ text: 'You are a pirate.' }], messages: [{ role: 'user' }] } })
  },
}

const conversation: Feature = {
  name: 'a conversation',
  answers: saying({ text: 'Noted.' }, { text: 'Seven.' }, { text: 'Fourteen.' }),
  run: async (cell) => {
    const talk = cell.talk()
    await talk.say('Remember 7.')
    assert.equal((await talk.say('Which number?')).text, 'Seven.')
    assert.equal((await talk.say('Twice that?')).text, 'Fourteen.')
    const roles = ['user', 'assistant', 'user', 'assistant', 'user'].map((role) => ({ role }))
    assertReceived(cell, { bedrock: { messages: roles }, openai: { messages: roles }, anthropic: { messages: roles } })
    assert.match(JSON.stringify(cell.received().at(-1)), /Noted\..*Seven\./)
  },
}

const limit: Feature = {
  name: 'a limit of output',
  answers: answers(
    {
      bedrock: [bedrockSays([bedrockTextBlock('Once', ' upon')], { finish: 'max_tokens' })],
      openai: [
        openaiSays([{ message: { content: 'Once upon' }, deltas: [{ content: 'Once upon' }], finish: 'length' }]),
      ],
      anthropic: [anthropicSays([textBlock('Once', ' upon')], { stop_reason: 'max_tokens' })],
    },
    [{ content: 'Once upon', finishReason: 'length' }],
  ),
  run: async (cell) => {
    const heard = await cell.talk().say('Tell a tale.', { maxOutput: 33 })
    assert.equal(heard.text, 'Once upon')
    assert.equal(heard.finish, endWord(cell, 'length'))
    assertReceived(cell, { bedrock: { inferenceConfig: { maxTokens: 33 } }, anthropic: { max_tokens: 33 } })
  },
}

const stop: Feature = {
  name: 'a stop sequence',
  // OpenAI's Responses know none.
  clients: ['bedrock', 'openai', 'anthropic', 'ai-openai', 'ai-anthropic', 'google', 'ai-google'],
  answers: answers(
    {
      bedrock: [bedrockSays([bedrockTextBlock('One', ', two')], { finish: 'stop_sequence' })],
      openai: [openaiSays([{ message: { content: 'One, two' }, deltas: [{ content: 'One, two' }], finish: 'stop' }])],
      anthropic: [anthropicSays([textBlock('One', ', two')], { stop_reason: 'stop_sequence', stop_sequence: 'three' })],
    },
    [{ content: 'One, two', finishReason: 'stop' }],
  ),
  run: async (cell) => {
    const heard = await cell.talk().say('Count.', { stop: ['three', 'drei'] })
    assert.equal(heard.text, 'One, two')
    assertReceived(cell, {
      bedrock: { inferenceConfig: { stopSequences: ['three', 'drei'] } },
      openai: { stop: ['three', 'drei'] },
      anthropic: { stop_sequences: ['three', 'drei'] },
    })
    const names = cell.maker === 'fake' && (cell.client === 'bedrock' || cell.client === 'anthropic')
    if (names && cell.wire !== 'openai') assert.equal(heard.finish, 'stop_sequence')
  },
}

testMatrix('texts', [question, system, conversation, limit, stop])
