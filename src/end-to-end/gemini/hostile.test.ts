import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  anthropicText,
  geminiText,
  openaiText,
  type ReceivedRequest,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { readRequests } from '../../testing/samples.ts'
import { forgetful, startGateway } from '../faults/harness.ts'
import { changed, spoilt } from '../hostile/mutations.ts'
import { post } from '../hostile/post.ts'

const bodies = fc.constantFrom(
  ...readRequests(new URL('../../wire/gemini/fixtures/requests/', import.meta.url)).map(({ body }) => ({ ...body })),
)
const near = changed(bodies)
const texts = fc.oneof(
  { arbitrary: near, weight: 6 },
  { arbitrary: spoilt(near), weight: 2 },
  { arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary' })), weight: 1 },
)
const paths = fc
  .tuple(fc.constantFrom('google', 'openai', 'anthropic'), fc.constantFrom('generate', 'stream', 'count'))
  .map(([model, verb]) => {
    const word = { generate: 'generateContent', stream: 'streamGenerateContent?alt=sse', count: 'countTokens' }[verb]
    return `/v1beta/models/${model}:${word}`
  })

const answer = ({ path, body }: ReceivedRequest): Step => {
  if (path.includes(':countTokens')) return { body: '{"totalTokens":7}' }
  if (path.includes('count_tokens')) return { body: '{"input_tokens":7}' }
  if (path.startsWith('/v1beta')) return geminiText('Well.', { stream: path.includes(':stream') })
  const stream = JSON.parse(body).stream === true
  return path.includes('messages') ? anthropicText('Well.', { stream }) : openaiText('Well.', { stream })
}

test('two thousand bodies that are nearly right are answered or refused in Google’s language, and nothing else', async () => {
  const upstream = await startFakeUpstream()
  upstream.always(answer)
  const at = (kind: 'gemini' | 'openai-compatible' | 'anthropic', version = 'v1') => ({
    kind,
    baseUrl: `${upstream.url}/${version}`,
    apiKey: 'sk-up',
  })
  await using gateway = await startGateway(
    {
      providers: { g: at('gemini', 'v1beta'), o: at('openai-compatible'), a: at('anthropic') },
      models: { google: 'g/gemini-3.6-flash', openai: 'o/gpt-5-mini', anthropic: 'a/claude-haiku-4-5' },
      retry: { attempts: 1 },
      // What is answered is prose, whatever was asked for.
      output: false,
    },
    forgetful,
  )
  const tryOne = async (path: string, body: string): Promise<void> => {
    const { status, text, headers } = await post({ port: gateway.port, path, body })
    if (status === 200) {
      const isStream = String(headers['content-type']).startsWith('text/event-stream')
      assert.match(text, path.includes('countTokens') ? /"totalTokens":\d+/ : /Well\./)
      if (isStream) assert.match(text, /"finishReason":"STOP"/)
      return
    }
    assert.equal(status, 400, `${status}: ${text.slice(0, 2_000)}`)
    const { error, tollgate } = JSON.parse(text)
    assert.deepEqual([error.code, error.status, tollgate.code], [400, 'INVALID_ARGUMENT', 'invalid_request'])
    assert.ok(text.length < 8_192, `${text.length} characters`)
  }
  try {
    await fc.assert(fc.asyncProperty(paths, texts, tryOne), { numRuns: 2_000 })
  } finally {
    await upstream.close()
  }
})
