import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Delta } from '../../core/delta.ts'
import { wrapInEnvelope } from '../../core/envelope.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Message, Part } from '../../core/request.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { gemini } from './index.ts'

const door = { operation: 'chat', model: 'm' } as const
const user: Message = { role: 'user', parts: [{ kind: 'text', text: 'Go.' }] }
const proof = (signature: string): Part => ({ kind: 'reasoning', text: '', signature, origin: 'gemini' })
const text: Part = { kind: 'text', text: 'Let me look.' }
const call = (id: string): Part => ({ kind: 'tool_call', id, name: 'look', arguments: '{}' })
const result = (id: string): Message => ({
  role: 'tool',
  parts: [{ kind: 'tool_result', id, parts: [{ kind: 'text', text: 'Dark.' }] }],
})

interface Content {
  readonly role: string
  readonly parts: readonly JsonObject[]
}

const written = (messages: readonly Message[], model = 'gemini-3.6-flash'): readonly Content[] => {
  const chat = { messages, tools: [], stop: [] }
  const body = gemini.writeRequest(plainRequest('openai-chat', { chat }), { ...plainTarget(), model })
  return JSON.parse(body).contents
}

const answer = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const modelParts = (contents: readonly Content[]): readonly JsonObject[] =>
  contents.filter(({ role }) => role === 'model').flatMap(({ parts }) => parts)

describe('a signature', () => {
  test('is told right before the part that it proves', () => {
    const chunk = {
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { text: 'Hm.', thought: true },
              { functionCall: { id: 'a', name: 'look', args: {} }, thoughtSignature: 's1' },
            ],
          },
          finishReason: 'STOP',
        },
      ],
    }
    const deltas = gemini.reader('whole')(Buffer.from(JSON.stringify(chunk)))
    assert.deepEqual(
      deltas
        .slice(1, 4)
        .map((delta: Delta) => [
          delta.kind,
          'block' in delta && delta.block,
          (delta as { signature?: string }).signature,
        ]),
      [
        ['reasoning', 0, undefined],
        ['reasoning', 1, 's1'],
        ['tool_call', 2, undefined],
      ],
    )
  })

  test('goes back on its part: a call, a text, or alone at the end', () => {
    assert.deepEqual(
      modelParts(written([user, answer(proof('s1'), call('a'), call('b')), result('a'), result('b')])).map(
        ({ thoughtSignature }) => thoughtSignature,
      ),
      ['s1', undefined],
    )
    assert.deepEqual(modelParts(written([user, answer(proof('s1'), text), user])), [
      { text: 'Let me look.', thoughtSignature: 's1' },
    ])
    assert.deepEqual(modelParts(written([user, answer(text, proof('s1')), user])), [
      { text: 'Let me look.' },
      { text: '', thoughtSignature: 's1' },
    ])
  })

  test('finds its call again though a language has told all thinking first', () => {
    const parts = modelParts(written([user, answer(proof('s1'), text, call('a')), result('a')]))
    assert.deepEqual(
      parts.map(({ thoughtSignature }) => thoughtSignature),
      [undefined, 's1'],
    )
  })

  test('that nobody gave is excused in the open turn, at models that want one', () => {
    const old = [user, answer(call('a')), result('a')]
    const open = [user, answer(call('b'), call('c')), result('b'), result('c'), answer(call('d')), result('d')]
    const signatures = (model: string): unknown[] =>
      modelParts(written([...old, ...open], model)).map(({ thoughtSignature }) => thoughtSignature)
    const excuse = 'skip_thought_signature_validator'
    assert.deepEqual(signatures('gemini-3.6-flash'), [undefined, excuse, undefined, excuse])
    assert.deepEqual(signatures('gemini-2.5-flash'), [undefined, undefined, undefined, undefined])
  })
})

const sealed = wrapInEnvelope('anthropic-messages', 'sig-of-claude')

describe('thinking of another maker', () => {
  test('is sealed in an answer, and known again when it comes back in pieces', () => {
    const writer = gemini.writer('events', plainRequest('gemini'))
    const thinking = { kind: 'reasoning', choice: 0, block: 0, origin: 'anthropic-messages' } as const
    const told = [
      writer.write({ kind: 'start', id: 'x', model: 'claude' }),
      writer.write({ ...thinking, text: 'Let me' }),
      writer.write({ ...thinking, text: ' see.' }),
      writer.write({ ...thinking, text: '', signature: 'sig-of-claude' }),
      writer.write({ kind: 'text', choice: 0, block: 1, text: 'I see.' }),
      writer.write({ kind: 'finish', choice: 0, reason: 'stop' }),
      writer.end(),
    ].join('')
    const pieces = told.split('\n\n').filter((event) => event !== '')
    const contents = pieces.map((event) => JSON.parse(event.slice(6)).candidates[0].content)
    const request = gemini.readRequest({ contents: [...contents, { parts: [{ text: 'Sure?' }] }] }, door)
    assert.equal(request.foreignReasoning, true)
    assert.deepEqual(request.chat.messages[0]?.parts.slice(0, 2), [
      {
        kind: 'reasoning',
        text: 'Let me see.',
        signature: 'sig-of-claude',
        redacted: undefined,
        origin: 'anthropic-messages',
      },
      { kind: 'text', text: 'I see.' },
    ])
  })

  test('is taken out of a body that goes to Google, with all of it that came before the seal', () => {
    const contents = [
      { role: 'user', parts: [{ text: 'Go.' }] },
      { role: 'model', parts: [{ text: 'Let me', thought: true }] },
      {
        role: 'model',
        parts: [
          { text: ' see.', thought: true },
          { text: '', thought: true, thoughtSignature: sealed },
        ],
      },
      { role: 'model', parts: [{ text: 'I see.', thoughtSignature: sealed }] },
      { role: 'user', parts: [{ text: 'Sure?' }] },
      {
        role: 'model',
        parts: [
          { text: 'My own.', thought: true },
          { text: 'Yes.', thoughtSignature: 'own' },
        ],
      },
      { role: 'user', parts: [{ text: 'Really?' }] },
    ]
    const request = gemini.readRequest({ contents } as unknown as JsonObject, door)
    const sent = JSON.parse(gemini.writeRequest(request, plainTarget())) as { contents: JsonValue }
    assert.deepEqual(sent.contents, [contents[0], { role: 'model', parts: [{ text: 'I see.' }] }, ...contents.slice(4)])
  })

  test('that is hidden stays hidden, and whole', () => {
    const writer = gemini.writer('whole', plainRequest('gemini'))
    const hidden = {
      kind: 'reasoning',
      choice: 0,
      block: 0,
      text: '',
      redacted: 'data==',
      origin: 'anthropic-messages',
    } as const
    for (const delta of [hidden, { kind: 'finish', choice: 0, reason: 'stop' }] as const) writer.write(delta)
    const { content } = JSON.parse(writer.end()).candidates[0]
    const { chat } = gemini.readRequest({ contents: [content, { parts: [{ text: 'Go on.' }] }] }, door)
    assert.partialDeepStrictEqual(chat.messages[0]?.parts, [{ redacted: 'data==', origin: 'anthropic-messages' }])
  })
})
