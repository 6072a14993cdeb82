import assert from 'node:assert/strict'
import { geminiText, openaiText } from '../../testing/index.ts'
import { inForm as inFormElsewhere } from '../clients/say.ts'
import { anthropicSays, textBlock } from '../clients/say-anthropic.ts'
import { assertReceived, endWord, type Feature, isGoogle, testMatrix } from './matrix.ts'
import { realModels } from './rig.ts'
import { answers, inForm, saying } from './say.ts'

const question: Feature = {
  name: 'a question',
  answers: saying({ text: 'Good day, Grüße, 你好 🦊!', usage: { input: 17, output: 6 } }),
  run: async (cell) => {
    const heard = await cell.talk().say('Say hello.')
    assert.equal(heard.text, 'Good day, Grüße, 你好 🦊!')
    assert.deepEqual(heard.calls, [])
    assert.equal(heard.finish, endWord(cell, 'stop'))
    // aimock reads usage of Gemini's own kind only, and counts by itself.
    if (cell.maker === 'fake') assert.deepEqual([heard.usage.read, heard.usage.said], [17, 6])
    const messages = [{ role: 'user' }]
    const contents = [{ role: 'user', parts: [{ text: 'Say hello.' }] }]
    assertReceived(cell, { gemini: { contents }, openai: { messages }, anthropic: { messages } })
    if (cell.maker !== 'fake' || cell.wire !== 'gemini') return
    const verb = cell.form === 'stream' ? 'streamGenerateContent?alt=sse' : 'generateContent'
    const { path, headers } = cell.fake.journal.at(-1) ?? {}
    assert.equal(path, `/v1beta/models/${realModels.gemini}:${verb}`)
    assert.equal(headers?.['x-goog-api-key'], 'sk-upstream')
    assert.equal(headers?.authorization, undefined)
  },
}

const system: Feature = {
  name: 'a system prompt',
  answers: saying({ text: 'Arr.' }),
  run: async (cell) => {
    assert.equal((await cell.talk().say('Who are you?', { system: 'You are a pirate.' })).text, 'Arr.')
    assertReceived(cell, {
      gemini: { systemInstruction: { parts: [{ text: 'You are a pirate.' }] } },
      openai: { messages: [{ role: 'system' }, { role: 'user' }] },
      anthropic: { system: [{ text: 'You are a pirate.' }] },
    })
  },
}

const conversation: Feature = {
  name: 'a conversation',
  answers: saying({ text: 'Noted well.' }, { text: 'Seven, of course.' }, { text: 'Fourteen.' }),
  run: async (cell) => {
    const talk = cell.talk()
    await talk.say('Remember 7.')
    assert.equal((await talk.say('Which number?')).text, 'Seven, of course.')
    assert.equal((await talk.say('Twice that?')).text, 'Fourteen.')
    const roles = ['user', 'assistant', 'user', 'assistant', 'user'].map((role) => ({ role }))
    assertReceived(cell, { openai: { messages: roles }, anthropic: { messages: roles } })
    if (!isGoogle(cell)) assertReceived(cell, { gemini: { contents: [{}, { parts: [{ text: 'Noted well.' }] }] } })
    const last = cell.received().at(-1)
    // A text that came in pieces is one text again for everybody else.
    if (cell.wire !== 'gemini') assert.match(JSON.stringify(last), /Noted well\..*Seven, of course\./)
  },
}

const limit: Feature = {
  name: 'a limit of output',
  answers: answers(
    {
      gemini: [inForm((stream) => geminiText('Once upon', { stream, finish: 'MAX_TOKENS' }))],
      openai: [inFormElsewhere((stream) => openaiText('Once upon', { stream, finish: 'length' }))],
      anthropic: [anthropicSays([textBlock('Once', ' upon')], { stop_reason: 'max_tokens' })],
    },
    [{ content: 'Once upon', finishReason: 'length' }],
  ),
  run: async (cell) => {
    const heard = await cell.talk().say('Tell a tale.', { maxOutput: 33 })
    assert.equal(heard.text, 'Once upon')
    assert.equal(heard.finish, endWord(cell, 'length'))
    assertReceived(cell, { gemini: { generationConfig: { maxOutputTokens: 33 } }, anthropic: { max_tokens: 33 } })
  },
}

const stop: Feature = {
  name: 'a stop sequence',
  answers: saying({ text: 'One, two' }),
  run: async (cell) => {
    assert.equal((await cell.talk().say('Count.', { stop: ['three'] })).text, 'One, two')
    assertReceived(cell, {
      gemini: { generationConfig: { stopSequences: ['three'] } },
      openai: { stop: ['three'] },
      anthropic: { stop_sequences: ['three'] },
    })
  },
}

testMatrix('words', [question, system, conversation, limit, stop])
