import assert from 'node:assert/strict'
import { assertReceived } from './bodies.ts'
import type { Feature } from './matrix.ts'
import { saying } from './say.ts'
import { anthropicSays, textBlock } from './say-anthropic.ts'
import { openaiSays } from './say-openai.ts'
import { all, endWord } from './words.ts'

const question: Feature = {
  name: 'a question',
  answers: saying({ text: 'Good day, Grüße, 你好 🦊!', usage: { input: 17, output: 6 } }),
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Say hello.')
    assert.equal(heard.text, 'Good day, Grüße, 你好 🦊!')
    assert.deepEqual(heard.calls, [])
    assert.equal(heard.finish, endWord(cell, 'stop'))
    assert.deepEqual([heard.usage.read, heard.usage.said], [17, 6])
    const messages = [{ role: 'user', content: 'Say hello.' }]
    assertReceived(cell, { openai: { messages }, anthropic: { messages }, aimock: { messages } })
    assert.equal(cell.received().length, 1)
    assert.equal(cell.received()[0]?.stream ?? false, cell.form === 'stream')
  }),
}

const system: Feature = {
  name: 'a system prompt',
  answers: saying({ text: 'Arr.' }),
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Who are you?', { system: 'You are a pirate.' })
    assert.equal(heard.text, 'Arr.')
    const messages = [
      { role: 'system', content: 'You are a pirate.' },
      { role: 'user', content: 'Who are you?' },
    ]
    assertReceived(cell, {
      openai: { messages },
      anthropic: { system: 'You are a pirate.', messages: messages.slice(1) },
      aimock: { messages },
    })
  }),
}

const conversation: Feature = {
  name: 'a conversation',
  answers: saying({ text: 'Noted.' }, { text: 'Seven.' }, { text: 'Fourteen.' }),
  clients: all(async (cell) => {
    const talk = cell.talk()
    await talk.say('Remember 7.')
    assert.equal((await talk.say('Which number?')).text, 'Seven.')
    assert.equal((await talk.say('Twice that?')).text, 'Fourteen.')
    const messages = [
      { role: 'user', content: 'Remember 7.' },
      { role: 'assistant', content: 'Noted.' },
      { role: 'user', content: 'Which number?' },
      { role: 'assistant', content: 'Seven.' },
      { role: 'user', content: 'Twice that?' },
    ]
    assertReceived(cell, { openai: { messages }, anthropic: { messages }, aimock: { messages } })
    assert.equal(cell.received().length, 3)
  }),
}

const stop: Feature = {
  name: 'a stop sequence',
  answers: {
    openai: [openaiSays([{ message: { content: 'One, two' }, deltas: [{ content: 'One, two' }], finish: 'stop' }])],
    anthropic: [anthropicSays([textBlock('One', ', two')], { stop_reason: 'stop_sequence', stop_sequence: 'three' })],
    aimock: [{ content: 'One, two', finishReason: 'stop' }],
  },
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Count.', { stop: ['three', 'drei'] })
    assert.equal(heard.text, 'One, two')
    const told = cell.client === 'anthropic' && cell.wire === 'anthropic' && cell.maker === 'fake'
    assert.equal(heard.finish, told ? 'stop_sequence' : endWord(cell, 'stop'))
    if (told) assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(heard.native)), { stop_sequence: 'three' })
    assertReceived(cell, {
      openai: { stop: ['three', 'drei'] },
      anthropic: { stop_sequences: ['three', 'drei'] },
    })
  }),
}

const limit: Feature = {
  name: 'a limit of output',
  answers: {
    openai: [openaiSays([{ message: { content: 'Once upon' }, deltas: [{ content: 'Once upon' }], finish: 'length' }])],
    anthropic: [anthropicSays([textBlock('Once', ' upon')], { stop_reason: 'max_tokens' })],
    aimock: [{ content: 'Once upon', finishReason: 'length' }],
  },
  clients: all(async (cell) => {
    const heard = await cell.talk().say('Tell a tale.', { maxOutput: 33 })
    assert.equal(heard.text, 'Once upon')
    assert.equal(heard.finish, endWord(cell, 'length'))
    assertReceived(cell, {
      openai: { max_completion_tokens: 33 },
      anthropic: { max_tokens: 33 },
      // The gateway knows of a compatible provider that it takes the older name.
      aimock: { max_tokens: 33 },
    })
  }),
}

export const textFeatures: readonly Feature[] = [question, system, conversation, stop, limit]
