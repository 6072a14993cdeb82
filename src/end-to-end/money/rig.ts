import type { AddressInfo } from 'node:net'
import { parseConfig } from '../../config/load.ts'
import { planOf } from '../../config/plan.ts'
import { providersOf } from '../../config/providers.ts'
import type { ConfigInput } from '../../config/schema.ts'
import type { Allowance, Match } from '../../core/allowance.ts'
import { systemClock } from '../../core/clock.ts'
import { GatewayError } from '../../core/errors.ts'
import type { CallRecord } from '../../core/record.ts'
import { createGatewayFrom, type Gateway } from '../../gateway.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { createHealth } from '../../routing/health.ts'
import { createPolicies } from '../../routing/policies.ts'
import { createRetryBudget } from '../../routing/retry-budget.ts'
import { createGatewayServer } from '../../server/node.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/index.ts'
import { PlainLedger, plainMatch } from '../../testing/plain-ledger.ts'
import { createPools } from '../../transport/pool.ts'
import { createSend } from '../../transport/send.ts'
import { anthropicAt, openaiAt } from '../faults/harness.ts'

/** A gateway with allowances in front of two providers, `open` and `anthro`, that are one fake upstream. */
export interface Rig<Kind extends Ledger = PlainLedger> extends AsyncDisposable {
  readonly port: number
  readonly gateway: Gateway
  readonly upstream: FakeUpstream
  readonly ledger: Kind
  readonly records: readonly CallRecord[]
  /** What was refused before there was a call. */
  readonly refusals: readonly GatewayError[]
  /** Bodies the upstream was sent. */
  sent(): readonly Record<string, unknown>[]
}

/** A dollar for a million tokens read, ten for a million written. */
const usualPrices: ConfigInput['prices'] = {
  'open/m': { input: 1, output: 10 },
  'anthro/m': { input: 1, output: 10 },
}

const configOf = (url: string, input: ConfigInput) =>
  parseConfig(
    {
      discover: false,
      telemetry: { log: 'silent', metrics: false },
      providers: { open: { ...openaiAt(url), kind: 'openai' }, anthro: anthropicAt(url) },
      models: { chat: 'open/m', claude: 'anthro/m' },
      prices: usualPrices,
      ...input,
    },
    {},
  )

/** Starts it all on free ports of 127.0.0.1. */
export const startRig = (allowances: readonly Allowance[], input: ConfigInput = {}): Promise<Rig> =>
  startRigWith({ ledger: new PlainLedger(), match: plainMatch(allowances) }, input)

/** The same with a ledger of one's own, which is not closed with it. */
export const startRigWith = async <Kind extends Ledger>(
  { ledger, match }: { readonly ledger: Kind; readonly match: Match },
  input: ConfigInput = {},
): Promise<Rig<Kind>> => {
  const upstream = await startFakeUpstream()
  // A server that is left open would keep the process from ending.
  const config = await configOf(upstream.url, input).catch(async (error: unknown) => {
    await upstream.close()
    throw error
  })
  const providers = providersOf(config)
  const health = createHealth({ clock: systemClock, consecutive: Infinity, share: Infinity })
  const plan = planOf(config, providers, createPolicies(health, Math.random))
  const pools = createPools({ connectTimeoutMs: 1_000 })
  const records: CallRecord[] = []
  const refusals: GatewayError[] = []
  const gateway = createGatewayFrom({
    plan: () => plan,
    transmit: createSend(providers.senders, pools),
    countsItself: () => false,
    health,
    retryBudget: createRetryBudget({ clock: systemClock }),
    sinks: [(record) => records.push(record)],
    money: { ledger, match: () => match },
    clock: systemClock,
    random: Math.random,
    capacity: 1_000,
  })
  const { server } = createGatewayServer({
    gateway,
    plan: () => plan,
    authenticate: () => ({ key: 'anonymous' }),
    open: true,
    metrics: async () => ({ type: 'text/plain', text: '' }),
    refused: (error) => void refusals.push(error),
    maxBodyBytes: config.server.maxBodyBytes,
    headersTimeoutMs: config.server.headersTimeoutMs,
    requestTimeoutMs: config.server.requestTimeoutMs,
    idleConnectionMs: config.server.keepAliveMs,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    gateway,
    upstream,
    ledger,
    records,
    refusals,
    sent: () => upstream.journal.map(({ body }) => JSON.parse(body)),
    async [Symbol.asyncDispose]() {
      gateway.close(new GatewayError('cancelled', 'The test is over.', { outcome: 'cancelled' }))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pools.destroy()
      await upstream.close()
    },
  }
}
