import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Call } from '../core/call.ts'
import type { Chat, Need } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { capable } from './capable.ts'

const chat: Chat = { messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hi' }] }], tools: [], stop: [] }

const callFor = (more: Partial<Chat>): Call => ({
  id: 'call',
  startedAt: 0,
  started: 0,
  deadline: 1_000,
  request: {
    operation: 'chat',
    wire: 'openai-chat',
    model: 'chat',
    stream: false,
    wantsUsage: false,
    body: undefined,
    chat: { ...chat, ...more },
    untranslatable: [],
  },
  caller: { key: 'test' },
  signal: new AbortController().signal,
  account: { attempts: [] },
  notes: {},
  noFallback: false,
  retryCount: 0,
})

const target = (id: string, lacks: readonly Need[], contextWindow?: number): Target => ({
  id,
  provider: 'p',
  model: id,
  weight: 1,
  quirks: {},
  facts: { lacks, contextWindow },
})

describe('capable', () => {
  test('leaves out who cannot do what is asked, and notes why', () => {
    const [poor, rich] = [target('poor', ['choices']), target('rich', [])]
    const call = callFor({ choices: 2 })
    assert.deepEqual(capable([poor, rich], call), [rich])
    assert.deepEqual(call.notes.skipped, [{ target: 'poor', reason: 'it cannot do choices (n)' }])
    assert.deepEqual(capable([poor, rich], callFor({ choices: 1 })), [poor, rich])
  })

  test('names the field of the caller when nobody can', () => {
    for (const [more, need, param] of [
      [{ choices: 2 }, 'choices', 'n'],
      [{ logProbs: { top: 2 } }, 'logprobs', 'logprobs'],
      [{ format: { kind: 'json' } }, 'json', 'response_format'],
    ] as const) {
      assert.throws(
        () => capable([target('one', [need]), target('two', [need])], callFor(more)),
        ({ code, message, details }) =>
          code === 'invalid_request' && message.includes(`(${param})`) && details.param === param,
      )
    }
  })

  test('asks one with a small window all the same when there is no other', () => {
    const small = target('small', [], 1)
    const long = { messages: [{ role: 'user' as const, parts: [{ kind: 'text' as const, text: 'x'.repeat(9_000) }] }] }
    assert.deepEqual(capable([small], callFor(long)), [small])
    assert.deepEqual(
      capable([small, target('large', [])], callFor(long)).map(({ id }) => id),
      ['large'],
    )
  })

  test('tries whom nothing is known of', () => {
    const unknown = { ...target('unknown', []), facts: undefined }
    assert.deepEqual(capable([unknown], callFor({ choices: 5 })), [unknown])
  })
})
