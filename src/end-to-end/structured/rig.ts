import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { type Running, startServer } from '../../server/start.ts'
import { type FakeUpstream, openaiText, type ScriptStep, type Step, startFakeUpstream } from '../../testing/index.ts'

type Model = Extract<NonNullable<ConfigInput['models']>[string], { targets: unknown }>

/** A server in front of two fake upstreams: `first` answers the model `chat`, `second` the model `other`. */
export interface StructuredRig extends AsyncDisposable {
  readonly running: Running
  readonly first: FakeUpstream
  readonly second: FakeUpstream
}

export interface RigOptions {
  readonly output?: Model['output']
  /** Quirks of the first. */
  readonly quirks?: NonNullable<NonNullable<ConfigInput['providers']>[string]['quirks']>
  readonly kind?: string
  /** The first's name of the model. */
  readonly model?: string
}

export const startStructured = async ({
  output,
  quirks = {},
  kind = 'openai-compatible',
  model = 'm',
}: RigOptions = {}): Promise<StructuredRig> => {
  const first = await startFakeUpstream()
  const second = await startFakeUpstream()
  const provider = { apiKey: 'sk-1', baseUrl: `${first.url}/v1` }
  const config = await parseConfig(
    {
      discover: false,
      server: { port: 0, drain: { notReady: '0s', streams: '1s' } },
      providers: {
        first: { kind, ...provider, quirks },
        second: { kind: 'openai-compatible', ...provider, baseUrl: `${second.url}/v1` },
      },
      models: {
        chat: { targets: [`first/${model}`], retry: { attempts: 2 }, ...(output === undefined ? {} : { output }) },
        other: 'second/m',
      },
      prices: { '*/*': { input: 1, output: 1 } },
      telemetry: { log: 'silent', metrics: true },
    },
    {},
  )
  const running = await startServer(config)
  return {
    running,
    first,
    second,
    async [Symbol.asyncDispose]() {
      await running.stop(AbortSignal.abort())
      await first.close()
      await second.close()
    },
  }
}

/** The schema that is asked for in these tests. */
export const invoice = {
  type: 'object',
  properties: { total: { type: 'number' }, currency: { enum: ['EUR', 'USD'] } },
  required: ['total', 'currency'],
  additionalProperties: false,
} as const

/** An answer that satisfies it, and what is meant by it. */
export const good = '{"total":12.5,"currency":"EUR"}'

/** What OpenAI's clients send for it. */
export const question = (more: object = {}) => ({
  model: 'chat',
  messages: [{ role: 'user', content: 'What does it cost?' }],
  response_format: { type: 'json_schema', json_schema: { name: 'invoice', schema: invoice, strict: true } },
  ...more,
})

/** Posts a question in OpenAI's language. */
export const post = (running: Running, body: object): Promise<Response> =>
  fetch(`${running.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

/** The text of a whole answer. */
export const textOf = async (response: Response): Promise<string> => {
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] }
  return choices[0]?.message.content ?? ''
}

/** An answer of either form, as the request wants it; in pieces of so many characters where it streams. */
export const says =
  (text: string, options: Parameters<typeof openaiText>[1] = {}): ScriptStep =>
  ({ body }): Step =>
    openaiText(text, { ...options, stream: (JSON.parse(body) as { stream?: boolean }).stream === true })
