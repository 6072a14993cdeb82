import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { type Running, startServer } from '../../server/start.ts'
import { type FakeUpstream, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { openaiAt } from '../faults/harness.ts'

/** A server for few calls, before an upstream that holds them as long as a test wants. */
export interface Rig extends AsyncDisposable {
  readonly running: Running
  readonly upstream: FakeUpstream
  /** Begins so many calls that stay under way; gives how to let them end. */
  fill(count: number): Promise<() => Promise<void>>
  ask(headers?: Readonly<Record<string, string>>): Promise<Response>
}

export const startRig = async (server: ConfigInput['server']): Promise<Rig> => {
  const upstream = await startFakeUpstream()
  upstream.always(openaiText('Hello.'))
  const config = await parseConfig(
    {
      discover: false,
      store: 'memory',
      server: { port: 0, drain: { notReady: '0s', streams: '1s' }, ...server },
      providers: { up: openaiAt(upstream.url) },
      models: { chat: 'up/gpt-test' },
      telemetry: { log: 'silent', metrics: true },
    },
    {},
  )
  const running = await startServer(config)
  const ask = (headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${running.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello.' }] }),
    })
  return {
    running,
    upstream,
    ask,
    fill: async (count) => {
      const gate = Promise.withResolvers<void>()
      upstream.always(() => gate.promise.then(() => openaiText('Hello.')))
      const before = upstream.journal.length
      const calls = Array.from({ length: count }, () => ask())
      while (upstream.journal.length < before + count) await new Promise((resolve) => setTimeout(resolve, 5))
      upstream.always(openaiText('Hello.'))
      return async () => {
        gate.resolve()
        for (const call of calls) await (await call).arrayBuffer()
      }
    },
    async [Symbol.asyncDispose]() {
      await running.stop(AbortSignal.abort())
      await upstream.close()
    },
  }
}
