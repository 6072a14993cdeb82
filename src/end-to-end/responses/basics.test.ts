import assert from 'node:assert/strict'
import { openaiText, responsesText } from '../../testing/index.ts'
import { inForm } from '../clients/say.ts'
import { anthropicSays, textBlock } from '../clients/say-anthropic.ts'
import { assertReceived, endWord, type Feature, testMatrix } from './matrix.ts'
import { everyClient } from './rig.ts'
import { answers, saying } from './say.ts'

const question: Feature = {
  name: 'a question',
  answers: saying({ text: 'Good day, Grüße, 你好 🦊!', usage: { input: 17, output: 6 } }),
  clients: everyClient,
  run: async (cell) => {
    const heard = await cell.talk().say('Say hello.')
    assert.equal(heard.text, 'Good day, Grüße, 你好 🦊!')
    assert.deepEqual(heard.calls, [])
    assert.equal(heard.finish, endWord(cell, 'stop'))
    assert.deepEqual([heard.usage.read, heard.usage.said], [17, 6])
    const messages = [{ role: 'user' }]
    assertReceived(cell, { responses: { model: 'gpt-5-mini', input: messages, store: false }, openai: { messages } })
    if (cell.spoken !== 'gemini') assert.equal(cell.received()[0]?.stream ?? false, cell.form === 'stream')
  },
}

const system: Feature = {
  name: 'instructions',
  answers: saying({ text: 'Arr.' }),
  clients: everyClient,
  run: async (cell) => {
    assert.equal((await cell.talk().say('Who are you?', { system: 'You are a pirate.' })).text, 'Arr.')
    const last = JSON.stringify(cell.received().at(-1))
    assert.match(last, /You are a pirate\./)
    if (cell.client !== 'ai-responses' && cell.client !== 'ai-openai')
      assertReceived(cell, { responses: { instructions: 'You are a pirate.' } })
  },
}

const conversation: Feature = {
  name: 'a conversation',
  answers: saying({ text: 'Noted.' }, { text: 'Seven.' }, { text: 'Fourteen.' }),
  clients: everyClient,
  run: async (cell) => {
    const talk = cell.talk()
    await talk.say('Remember 7.')
    assert.equal((await talk.say('Which number?')).text, 'Seven.')
    assert.equal((await talk.say('Twice that?')).text, 'Fourteen.')
    const roles = ['user', 'assistant', 'user', 'assistant', 'user'].map((role) => ({ role }))
    assertReceived(cell, { responses: { input: roles }, openai: { messages: roles }, anthropic: { messages: roles } })
    assert.match(JSON.stringify(cell.received().at(-1)), /Noted\..*Seven\./)
  },
}

const limit: Feature = {
  name: 'a limit of output',
  answers: answers(
    {
      responses: [inForm((stream) => responsesText('Once upon', { stream, incomplete: 'max_output_tokens' }))],
      openai: [inForm((stream) => openaiText('Once upon', { stream, finish: 'length' }))],
      anthropic: [anthropicSays([textBlock('Once', ' upon')], { stop_reason: 'max_tokens' })],
    },
    [{ content: 'Once upon', finishReason: 'length' }],
  ),
  clients: everyClient,
  run: async (cell) => {
    const heard = await cell.talk().say('Tell a tale.', { maxOutput: 33 })
    assert.equal(heard.text, 'Once upon')
    // aimock says of its own Responses that they are incomplete, and not why: their clients hear what it says.
    const untouched = cell.maker === 'aimock' && cell.spoken === 'responses' && cell.client.endsWith('responses')
    if (!untouched) assert.equal(heard.finish, endWord(cell, 'length'))
    assertReceived(cell, { responses: { max_output_tokens: 33 }, anthropic: { max_tokens: 33 } })
  },
}

const stop: Feature = {
  name: 'a stop sequence',
  answers: saying({ text: 'One, two' }),
  clients: ['openai', 'anthropic', 'ai-openai', 'ai-anthropic'],
  refused: ({ spoken }) => (spoken === 'responses' ? 'stop' : undefined),
  run: async (cell) => {
    assert.equal((await cell.talk().say('Count.', { stop: ['three'] })).text, 'One, two')
  },
}

testMatrix('words', [question, system, conversation, limit, stop])
