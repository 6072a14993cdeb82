import assert from 'node:assert/strict'
import { assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import type { Runtime } from '../../config/runtime.ts'
import type { ConfigInput } from '../../config/schema.ts'
import type { Caller } from '../../core/call.ts'
import { asGatewayError, type GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CallRecord } from '../../core/record.ts'
import type { Explained } from '../../explained.ts'
import { describedQuestion } from '../../server/explain-question.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/fake-upstream.ts'
import { openaiText } from '../../testing/index.ts'

/** A gateway that can be asked, and asked what would become of the same. */
export class World implements AsyncDisposable {
  readonly upstream: FakeUpstream
  readonly records: CallRecord[]
  readonly runtime: Runtime
  /** What the latest call that failed was refused with. */
  lastError: GatewayError | undefined

  constructor(upstream: FakeUpstream, runtime: Runtime, records: CallRecord[]) {
    this.upstream = upstream
    this.runtime = runtime
    this.records = records
  }

  #question(body: JsonObject, caller: Caller, headers: Record<string, string>) {
    return describedQuestion({ endpoint: '/v1/chat/completions', body, headers }, caller)
  }

  explain(body: JsonObject, caller: Caller = web, headers: Record<string, string> = {}): Promise<Explained> {
    return this.runtime.explaining.explain(this.#question(body, caller, headers))
  }

  /** Asks, and gives how it ended. */
  async ask(body: JsonObject, caller: Caller = web, headers: Record<string, string> = {}): Promise<CallRecord> {
    const count = this.records.length
    try {
      const answer = await this.runtime.gateway.open(this.#question(body, caller, headers)).answer
      while ((await answer.pull()) !== undefined);
    } catch (thrown) {
      this.lastError = asGatewayError(thrown)
    }
    const record = this.records[count]
    assert.ok(record, 'the call left no record')
    return record
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.close()
    await this.upstream.close()
  }
}

/** Who asks. */
export const web: Caller = { key: 'web', team: 'shop' }
/** A question in OpenAI's words. */
export const hello = (model = 'chat', more: JsonObject = {}): JsonObject => ({
  model,
  messages: [{ role: 'user', content: 'How do you do?' }],
  ...more,
})

/** Starts it in front of two providers, `one` and `two`, that are one fake upstream. */
export const startWorld = async (
  input: ConfigInput,
  providersAt?: (url: string) => NonNullable<ConfigInput['providers']>,
): Promise<World> => {
  const upstream = await startFakeUpstream()
  upstream.always(openaiText('Well.', { usage: { input: 10, output: 2 } }))
  const at = { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-upstream' } as const
  const config = await parseConfig(
    {
      discover: false,
      telemetry: { log: 'silent', metrics: false },
      providers: providersAt?.(upstream.url) ?? { one: at, two: at },
      prices: { 'one/m': { input: 1, output: 10 }, 'two/m': { input: 0.5, output: 5 } },
      keys: [{ name: 'web', key: 'key-of-the-test-web', team: 'shop' }],
      ...input,
    },
    {},
  )
  const records: CallRecord[] = []
  const runtime = await assemble(config, { sinks: [(record) => records.push(record)] })
  return new World(upstream, runtime, records)
}
