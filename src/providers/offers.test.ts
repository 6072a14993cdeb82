import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { noChat, type Operation, type Request } from '../core/request.ts'
import { compatibleRows, createCompatible } from './compatible.ts'
import { offers, openaiPaths } from './offers.ts'

const asking = (operation: Operation, encoding?: 'float' | 'base64'): Request => ({
  operation,
  wire: 'openai-embeddings',
  model: 'm',
  stream: false,
  wantsUsage: false,
  body: undefined,
  chat: noChat,
  embed: operation === 'embed' ? { inputs: [{ kind: 'text', text: 'a' }], encoding } : undefined,
  untranslatable: [],
})
const created = (kind: string) => createCompatible({ name: 'x', kind, baseUrl: 'https://host.example/v1' })
const wireOf = (kind: string, request: Request) => created(kind).wireFor?.(request).name

describe('offers', () => {
  test('are of kinds that exist, each with a source and a path for everything in it', () => {
    const kinds = new Set(compatibleRows.map(({ kind }) => kind))
    for (const [kind, { operations, source }] of offers) {
      assert.ok(kinds.has(kind), kind)
      assert.ok(URL.canParse(source), kind)
      for (const operation of operations) assert.ok(openaiPaths[operation], `${kind} ${operation}`)
    }
  })

  test('say where a provider is asked for what, and nothing else is asked for', () => {
    assert.equal(created('openai').url('m', 'embed', false), 'https://host.example/v1/embeddings')
    assert.equal(created('openai').url('m', 'image', false), 'https://host.example/v1/images/generations')
    assert.equal(created('openai').url('m', 'rerank', false), undefined)
    assert.equal(created('openai').url('m', 'passthrough', false), undefined)
    assert.equal(created('deepseek').url('m', 'embed', false), undefined)
    assert.equal(created('openai-compatible').url('m', 'rerank', false), 'https://host.example/v1/rerank')
  })

  test('say who is asked for numbers in place of base64', () => {
    assert.equal(wireOf('openai', asking('embed', 'base64')), 'openai-embeddings')
    assert.equal(wireOf('lm-studio', asking('embed', 'base64')), 'openai-embeddings-in-numbers')
    assert.equal(wireOf('lm-studio', asking('embed', 'float')), 'openai-embeddings')
    assert.equal(wireOf('lm-studio', asking('embed')), 'openai-embeddings')
    assert.equal(wireOf('lm-studio', asking('image')), 'openai-chat')
  })

  test('name models of vectors beside the others, unless the configuration names its own', () => {
    assert.ok(createCompatible({ name: 'x', kind: 'openai' }).models.includes('text-embedding-3-small'))
    assert.deepEqual(createCompatible({ name: 'x', kind: 'openai', models: ['a'] }).models, ['a'])
  })
})
