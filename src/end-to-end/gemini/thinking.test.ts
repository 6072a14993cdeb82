import assert from 'node:assert/strict'
import type { JsonObject } from '../../core/json.ts'
import { anthropicSays, textBlock, thinkingBlock } from '../clients/say-anthropic.ts'
import { openaiSays } from '../clients/say-openai.ts'
import { assertReceived, type Feature, isGoogle, testMatrix } from './matrix.ts'
import type { Cell } from './rig.ts'
import { answers, geminiSays, saying } from './say.ts'

const thought = 'Let me see.'
const signature = 'EqsDCqgDAdHtim9yJ8o0b6t0s3Qq9m1v0ZsVnG5pXw2lH4KcUeA7Rf3BxT8yNdLqP1iEoMj6ShWkCzYgVbQ2u0rXn5DtFa9w'
const format = 'anthropic-claude-v1'

const sayings = answers({
  gemini: [
    geminiSays([
      { text: 'Let me', thought: true },
      { text: ' see.', thought: true },
      { text: 'I see.', thoughtSignature: signature },
    ]),
    geminiSays([{ text: 'Yes.' }]),
  ],
  openai: [
    openaiSays([
      {
        message: {
          content: 'I see.',
          reasoning: thought,
          reasoning_details: [{ type: 'reasoning.text', text: thought, signature, format, index: 0 }],
        },
        deltas: [
          {
            reasoning: thought,
            reasoning_details: [{ type: 'reasoning.text', text: thought, signature, format, index: 0 }],
          },
          { content: 'I see.' },
        ],
        finish: 'stop',
      },
    ]),
    openaiSays([{ message: { content: 'Yes.' }, deltas: [{ content: 'Yes.' }], finish: 'stop' }]),
  ],
  anthropic: [
    anthropicSays([thinkingBlock(signature, 'Let me', ' see.'), textBlock('I see.')]),
    anthropicSays([textBlock('Yes.')]),
  ],
})

/** The AI SDK's provider for OpenAI shows no thinking of chat models and keeps none. */
const isBlind = ({ client }: Cell): boolean => client === 'ai-openai'

const modelParts = (body: JsonObject | undefined): JsonObject[] =>
  ((body?.contents ?? []) as readonly { role: string; parts: readonly JsonObject[] }[])
    .filter(({ role }) => role === 'model')
    .flatMap(({ parts }) => parts)

const assertGotBack = (cell: Cell): void => {
  const last = cell.received().at(-1)
  const text = JSON.stringify(last)
  if (isBlind(cell)) assert.doesNotMatch(text, /Let me|EqsD/)
  else if (cell.wire === 'gemini')
    assert.equal(modelParts(last).find(({ text: said }) => said === 'I see.')?.thoughtSignature, signature)
  else if (cell.wire === 'anthropic')
    assert.ok(text.includes(JSON.stringify({ type: 'thinking', thinking: thought, signature })))
  else assert.ok(text.includes(`"signature":"${signature}"`), text)
  assert.ok(!text.includes('tollgate.'), text)
}

const passedOn: Feature = {
  name: 'thinking, and back to its maker',
  answers: sayings,
  onlyFake: 'aimock signs nothing of Gemini’s',
  run: async (cell) => {
    const talk = cell.talk()
    const heard = await talk.say('What is it?', { thinks: true })
    assert.equal(heard.text, 'I see.')
    assert.equal(heard.thinking, isBlind(cell) ? '' : thought)
    assert.equal((await talk.say('Sure?', { thinks: true })).text, 'Yes.')
    assertGotBack(cell)
    assertReceived(cell, { anthropic: { thinking: { type: 'enabled', budget_tokens: 2048 } } })
    const shown = { includeThoughts: true }
    if (isGoogle(cell))
      assertReceived(cell, { gemini: { generationConfig: { thinkingConfig: { ...shown, thinkingBudget: 2048 } } } })
    else if (cell.client.endsWith('anthropic'))
      assertReceived(cell, { gemini: { generationConfig: { thinkingConfig: { ...shown, thinkingLevel: 'LOW' } } } })
    else assertReceived(cell, { gemini: { generationConfig: { thinkingConfig: { thinkingLevel: 'LOW' } } } })
  },
}

const elsewhere: Feature = {
  name: 'thinking, and never to another maker',
  answers: sayings,
  onlyFake: 'aimock signs nothing of Gemini’s',
  run: async (cell) => {
    const talk = cell.talk()
    assert.equal((await talk.say('What is it?', { thinks: true })).text, 'I see.')
    const other = saying({ text: 'Yes.' })
    cell.fake.always(cell.wire === 'openai' ? (other.anthropic[0] ?? {}) : (other.openai[0] ?? {}))
    assert.equal((await talk.say('Sure?', { model: cell.otherModel })).text, 'Yes.')
    const sent = cell.fake.journal.at(-1)?.body ?? ''
    assert.ok(!sent.includes('EqsD'), sent)
    assert.ok(!sent.includes('tollgate.'), sent)
    assert.match(sent, /I see\./)
  },
}

testMatrix('thinking', [passedOn, elsewhere])
