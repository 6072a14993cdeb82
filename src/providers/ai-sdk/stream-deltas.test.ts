import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import { usageOf } from './finish.ts'
import { StreamDeltas } from './stream-deltas.ts'

const usage: LanguageModelV4Usage = {
  inputTokens: { total: 100, noCache: 60, cacheRead: 30, cacheWrite: 10 },
  outputTokens: { total: 50, text: 20, reasoning: 30 },
}

const finish: LanguageModelV4StreamPart = { type: 'finish', usage, finishReason: { unified: 'stop', raw: 'end_turn' } }

const read = (...parts: LanguageModelV4StreamPart[]) => {
  const deltas = new StreamDeltas('mine/m', { provider: 'maker.chat', model: 'm', id: 'call-1' })
  return parts.flatMap((part) => deltas.read(part))
}

describe('a stream of the AI SDK', () => {
  test('begins once, with what the model says of itself', () => {
    const [start, ...rest] = read(
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'r1', modelId: 'm-2', timestamp: new Date(5_000) },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Yes' },
    )
    assert.deepEqual(start, { kind: 'start', id: 'r1', model: 'm-2', created: 5 })
    assert.deepEqual(rest, [{ kind: 'text', choice: 0, block: 0, text: 'Yes' }])
  })

  test('gives thinking and text blocks of their own, though their ids are the same', () => {
    const blocks = read(
      { type: 'reasoning-start', id: '0' },
      { type: 'reasoning-delta', id: '0', delta: 'Hm' },
      { type: 'reasoning-end', id: '0', providerMetadata: { maker: { signature: 's' } } },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'Yes' },
      { type: 'text-end', id: '0' },
    ).flatMap((delta) => ('block' in delta ? [[delta.kind, delta.block]] : []))
    assert.deepEqual(blocks, [
      ['reasoning', 0],
      ['reasoning', 0],
      ['text', 1],
    ])
  })

  test('keeps the proof of thinking for whom it is from', () => {
    const [proof] = read(
      { type: 'reasoning-start', id: 'r', providerMetadata: { maker: { id: 1 } } },
      { type: 'reasoning-end', id: 'r', providerMetadata: { maker: { signature: 's' } } },
    ).filter(({ kind }) => kind === 'reasoning')
    assert.ok(proof?.kind === 'reasoning')
    assert.deepEqual(JSON.parse(proof.signature ?? ''), {
      provider: 'maker.chat',
      metadata: { maker: { id: 1, signature: 's' } },
    })
    assert.equal(proof.origin, 'ai-sdk')
  })

  const argumentsOf = (...parts: LanguageModelV4StreamPart[]): string =>
    read(...parts)
      .flatMap((delta) => (delta.kind === 'tool_call' ? [delta.arguments] : []))
      .join('')
  const whole = { type: 'tool-call', toolCallId: 'c', toolName: 'f', input: '{"a":1}' } as const

  test('says the arguments of a tool once, piece by piece or whole', () => {
    assert.equal(argumentsOf(whole), '{"a":1}')
    const start = { type: 'tool-input-start', id: 'c', toolName: 'f' } as const
    const pieces = ['{"a"', ':1}'].map((delta) => ({ type: 'tool-input-delta', id: 'c', delta }) as const)
    assert.equal(argumentsOf(start, ...pieces, { type: 'tool-input-end', id: 'c' }, whole), '{"a":1}')
    assert.equal(argumentsOf(start, { type: 'tool-input-delta', id: 'c', delta: '{"a"' }, whole), '{"a":1}')
    assert.equal(
      argumentsOf({ ...start, inputEncoding: 'text' }, { type: 'tool-input-delta', id: 'c', delta: 'a: 1' }, whole),
      '{"a":1}',
    )
  })

  test('cites what its text cites, and each other source once', () => {
    const source = { type: 'source', sourceType: 'url', id: 's', url: 'https://a.example', title: 'A' } as const
    const urls = read(
      { type: 'text-start', id: '0' },
      { type: 'text-end', id: '0', citations: [{ source, startIndex: 0, endIndex: 3 }] },
      source,
      { ...source, url: 'https://b.example' },
    ).flatMap((delta) => (delta.kind === 'annotation' ? [delta.url] : []))
    assert.deepEqual(urls, ['https://a.example', 'https://b.example'])
  })

  test('ends with usage in disjoint parts, a reason, and the end', () => {
    const kinds = read(finish).map((delta) => delta.kind)
    assert.deepEqual(kinds, ['start', 'usage', 'finish', 'end'])
    const told = usageOf(usage)
    assert.deepEqual(
      [told?.input, told?.cacheRead, told?.cacheWriteShort, told?.output, told?.reasoning],
      [60, 30, 10, 20, 30],
    )
    const nothing = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined }
    assert.equal(
      usageOf({ inputTokens: nothing, outputTokens: { total: undefined, text: undefined, reasoning: undefined } }),
      undefined,
    )
    assert.equal(
      usageOf({
        inputTokens: { ...nothing, total: 9, cacheRead: 4 },
        outputTokens: { total: 7, text: undefined, reasoning: 2 },
      })?.input,
      5,
    )
  })

  test('does not pass over what the model cannot do', () => {
    assert.throws(() => read({ type: 'stream-start', warnings: [{ type: 'unsupported', feature: 'topK' }] }), {
      details: { param: 'topK', outcome: 'incapable' },
    })
    assert.deepEqual(read({ type: 'stream-start', warnings: [{ type: 'other', message: 'hm' }] }), [])
  })

  test('never ends well where the model says that it did not', () => {
    for (const unified of ['error', 'interrupted'] as const)
      assert.throws(() => read({ ...finish, finishReason: { unified, raw: undefined } }), { code: 'upstream_failed' })
    assert.throws(() => read({ type: 'error', error: { statusCode: 529 } }), { code: /upstream_/ })
  })
})
