import assert from 'node:assert/strict'
import type { JsonObject } from '../../core/json.ts'
import type { ScriptStep } from '../../testing/index.ts'
import { assertReceived, plain } from './bodies.ts'
import type { Cell } from './cell.ts'
import type { Feature } from './matrix.ts'
import type { Answers } from './rig.ts'
import { anthropicSays, redactedBlock, textBlock, thinkingBlock, toolBlock } from './say-anthropic.ts'
import { openaiSays } from './say-openai.ts'
import { all } from './words.ts'

const thought = 'Let me see.'
const signature = 'EqQBCkgIARABGAIiQL3+abc/=='
const secret = 'redacted+data/=='

const ask = { type: 'function', function: { name: 'look', arguments: '{}' }, id: 'call_1' }
const format = 'anthropic-claude-v1'
const details = [{ type: 'reasoning.text', text: thought, signature, format, index: 0 }]
const withSecret = [...details, { type: 'reasoning.encrypted', data: secret, format, index: 1 }]

/** Thinking as compatible providers show it, with its proof in details. */
const openaiThinks = (said: JsonObject, proofs: readonly JsonObject[], finish: string): ScriptStep => {
  const calls = said.tool_calls as readonly JsonObject[] | undefined
  return openaiSays([
    {
      message: { ...said, reasoning: thought, reasoning_details: proofs },
      deltas: [
        { reasoning: 'Let me', reasoning_details: [{ ...details[0], text: 'Let me', signature: undefined }] },
        { reasoning: ' see.', reasoning_details: [{ ...details[0], text: ' see.' }] },
        ...proofs.slice(1).map((proof) => ({ reasoning_details: [proof] })),
        calls ? { tool_calls: calls.map((call, index) => ({ index, ...call })) } : said,
      ],
      finish,
    },
  ])
}

const afterThinking: Answers = {
  openai: [
    openaiThinks({ content: 'I see.' }, withSecret, 'stop'),
    openaiSays([{ message: { content: 'Yes.' }, deltas: [{ content: 'Yes.' }], finish: 'stop' }]),
  ],
  anthropic: [
    anthropicSays([thinkingBlock(signature, 'Let me', ' see.'), redactedBlock(secret), textBlock('I see.')]),
    anthropicSays([textBlock('Yes.')]),
  ],
  aimock: [
    { content: 'I see.', reasoning: thought, reasoningSignature: signature, redactedThinking: [secret] },
    { content: 'Yes.' },
  ],
}

/** The turn of the assistant in the last body that the cell's upstream received. */
const answerIn = (cell: Cell): JsonObject => {
  const body = cell.received().at(-1)
  assert.ok(body)
  const messages = plain(body).messages as readonly JsonObject[]
  const answer = messages.find(({ role }) => role === 'assistant')
  assert.ok(answer)
  return JSON.parse(JSON.stringify(answer))
}

/** The AI SDK's provider for OpenAI shows no thinking of chat models and keeps none. */
const isBlind = ({ client }: Cell): boolean => client === 'ai-openai'

/** What the fake upstream must get back of its own thinking. */
const assertGotBack = (cell: Cell, rest: JsonObject, proofs: readonly JsonObject[]): void => {
  const answer = answerIn(cell)
  if (isBlind(cell)) {
    assert.doesNotMatch(JSON.stringify(answer), /Let me|thinking|reasoning/)
    return
  }
  if (cell.wire === 'anthropic') {
    const blocks = [{ type: 'thinking', thinking: thought, signature }]
    const hidden = proofs.length > 1 ? [{ type: 'redacted_thinking', data: secret }] : []
    assert.deepEqual((answer.content as readonly unknown[]).slice(0, 1 + hidden.length), [...blocks, ...hidden])
    return
  }
  assert.equal(answer.reasoning, thought)
  assert.equal(answer.content || null, rest.content ?? null)
  assert.deepEqual(proofsOf(answer), proofs.map(proofOf))
}

const proofOf = ({ type, text, signature: proof, data, format: named }: JsonObject) => ({
  type,
  text,
  signature: proof,
  data,
  format: named,
})

/** Proofs in details, those of one index joined. */
const proofsOf = ({ reasoning_details }: JsonObject) => {
  const joined: JsonObject[] = []
  for (const detail of (reasoning_details ?? []) as readonly JsonObject[]) {
    const last = joined.at(-1)
    if (last && last.index === detail.index)
      joined[joined.length - 1] = { ...last, ...detail, text: `${last.text}${detail.text}` }
    else joined.push(detail)
  }
  return joined.map(proofOf)
}

const passedOn: Feature = {
  name: 'thinking, and back to its maker',
  answers: afterThinking,
  clients: all(async (cell) => {
    const talk = cell.talk()
    const heard = await talk.say('What is it?', { thinks: true })
    assert.equal(heard.text, 'I see.')
    assert.equal(heard.thinking, isBlind(cell) ? '' : thought)
    assertReceived(cell, {
      openai: { reasoning_effort: 'low' },
      anthropic: { thinking: { type: 'enabled', budget_tokens: 2048 } },
    })
    assert.equal((await talk.say('Sure?', { thinks: true })).text, 'Yes.')
    if (cell.maker === 'fake') assertGotBack(cell, { content: 'I see.' }, withSecret)
  }),
}

const kept: Feature = {
  name: 'thinking, and never to another maker',
  onlyFake: 'aimock keeps no thinking in its journal',
  answers: afterThinking,
  clients: all(async (cell) => {
    const talk = cell.talk()
    await talk.say('What is it?', { thinks: true })
    const other = cell.fakes[cell.wire === 'openai' ? 'anthropic' : 'openai']
    const before = other.journal.length
    const heard = await talk.say('Sure?', { thinks: true, model: cell.otherModel })
    assert.ok(heard.text.length > 0)
    assert.equal(other.journal.length, before + 1)
    const { body } = other.journal[before] ?? { body: '' }
    assert.match(body, /I see\./)
    assert.doesNotMatch(body, /Let me see|EqQBCkgIARAB|redacted|tollgate|signature|reasoning_details/)
    assert.ok(!body.includes(Buffer.from(signature).toString('base64url')))
  }),
}

const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }]

const acrossTools: Feature = {
  name: 'thinking across a tool call',
  onlyFake: 'aimock keeps no thinking in its journal',
  answers: {
    openai: [
      openaiThinks({ tool_calls: [ask] }, details, 'tool_calls'),
      openaiSays([{ message: { content: 'A cat.' }, deltas: [{ content: 'A cat.' }], finish: 'stop' }]),
    ],
    anthropic: [
      anthropicSays([thinkingBlock(signature, 'Let me', ' see.'), toolBlock('call_1', 'look', {})], {
        stop_reason: 'tool_use',
      }),
      anthropicSays([textBlock('A cat.')]),
    ],
    aimock: [],
  },
  clients: all(async (cell) => {
    const talk = cell.talk()
    const { calls, thinking } = await talk.say('What is there?', { thinks: true, tools })
    assert.equal(thinking, isBlind(cell) ? '' : thought)
    const [call] = calls
    assert.ok(call)
    const heard = await talk.giveResults([{ call, text: 'Whiskers.' }], { thinks: true, tools })
    assert.equal(heard.text, 'A cat.')
    assertGotBack(cell, {}, details)
    // Anthropic refuses to think by budget in a turn that lost its thinking.
    const asked = cell.received().at(-1)?.thinking
    if (cell.wire === 'anthropic') assert.equal(asked === undefined, isBlind(cell))
  }),
}

export const thinkingFeatures: readonly Feature[] = [passedOn, kept, acrossTools]
