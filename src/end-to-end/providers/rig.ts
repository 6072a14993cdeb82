import { assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { facade, type LibraryGateway } from '../../library/create-gateway.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/index.ts'
import type { KeyNews } from '../../transport/key-rests.ts'

/** A gateway in front of one fake upstream, and what its log says of keys. */
export interface ProviderRig extends AsyncDisposable {
  readonly upstream: FakeUpstream
  readonly gateway: LibraryGateway
  /** Lines of the log of at least the level `warn`, without their levels. */
  readonly warnings: readonly (KeyNews & { readonly msg: string })[]
  /** Prometheus text. */
  metrics(): Promise<string>
}

/** Starts both; `providers` gets the address of the upstream. */
export const startProviderRig = async (configure: (url: string) => ConfigInput): Promise<ProviderRig> => {
  const upstream = await startFakeUpstream()
  const config = await parseConfig(
    { discover: false, telemetry: { log: 'silent' }, ...configure(upstream.url) },
    {},
  ).catch(async (error: unknown) => {
    await upstream.close()
    throw error
  })
  const runtime = await assemble(config, { hasLedger: false })
  const warnings: (KeyNews & { readonly msg: string })[] = []
  const { log } = runtime
  log.warn = ((news: KeyNews, msg: string) => void warnings.push({ ...news, msg })) as typeof log.warn
  const gateway = facade(runtime, 'library')
  return {
    upstream,
    gateway,
    warnings,
    metrics: gateway.metrics,
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await upstream.close()
    },
  }
}

/** What is asked in every test that is not about the question. */
export const question = (model: string) => ({ model, max_tokens: 16, messages: [{ role: 'user', content: 'Hello' }] })
