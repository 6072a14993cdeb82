import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plainRequest } from '../testing/wire-suite.ts'
import { createAzure } from './azure.ts'
import { createCompatible } from './compatible.ts'
import type { Provider } from './provider.ts'

/** The language in which a provider is asked by callers of another, and where. */
const asked = (provider: Provider, wire: string): readonly [string, string | undefined] => {
  const { name } = provider.wireFor?.(plainRequest(wire)) ?? provider.wire
  return [name, provider.url('m', 'chat', false, name)]
}

const made = (kind: string): Provider => createCompatible({ name: kind, kind, baseUrl: 'https://host/v1' })
const chat = ['openai-chat', 'https://host/v1/chat/completions']
const responses = ['openai-responses', 'https://host/v1/responses']

describe('the language in which a provider is asked', () => {
  test('is Responses for whoever asks in it, where the provider has it beside', () => {
    for (const kind of [
      'openai',
      'openrouter',
      'xai',
      'groq',
      'fireworks',
      'huggingface',
      'ollama',
      'vllm',
      'lm-studio',
    ]) {
      assert.deepEqual(asked(made(kind), 'openai-responses'), responses, kind)
      for (const wire of ['openai-chat', 'anthropic-messages']) assert.deepEqual(asked(made(kind), wire), chat, kind)
    }
  })

  test('is nothing of it where that is not known', () => {
    for (const wire of ['openai-responses', 'openai-chat'])
      assert.deepEqual(asked(made('openai-compatible'), wire), chat)
  })

  test('is Responses for everybody, where the provider has nothing else', () => {
    for (const wire of ['openai-responses', 'openai-chat', 'anthropic-messages'])
      assert.deepEqual(asked(made('openai-responses'), wire), responses)
  })

  test('lies at a path of its own at Azure', () => {
    const azure = createAzure({ name: 'az', baseUrl: 'https://n.openai.azure.com', apiKey: 'k' })
    assert.deepEqual(asked(azure, 'openai-responses'), [
      'openai-responses',
      'https://n.openai.azure.com/openai/v1/responses',
    ])
    assert.equal(asked(azure, 'openai-chat')[0], 'openai-chat')
  })
})
