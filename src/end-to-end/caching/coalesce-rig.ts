import { Agent, type ClientRequest, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseConfig } from '../../config/load.ts'
import { planOf } from '../../config/plan.ts'
import { providersOf } from '../../config/providers.ts'
import type { Allowance } from '../../core/allowance.ts'
import { systemClock } from '../../core/clock.ts'
import { GatewayError } from '../../core/errors.ts'
import type { CallRecord } from '../../core/record.ts'
import { createGatewayFrom, type Gateway } from '../../gateway.ts'
import { createHealth } from '../../routing/health.ts'
import type { Plan } from '../../routing/plan.ts'
import { createPolicies } from '../../routing/policies.ts'
import { createRetryBudget } from '../../routing/retry-budget.ts'
import { createGatewayServer } from '../../server/node.ts'
import { createAnswerCache } from '../../stores/cache-tiers.ts'
import { type FakeUpstream, type Step, startFakeUpstream } from '../../testing/index.ts'
import { PlainLedger, plainMatch } from '../../testing/plain-ledger.ts'
import { createPools } from '../../transport/pool.ts'
import { createSend } from '../../transport/send.ts'
import { wireNamed } from '../../wire/wires.ts'
import { type Asking, bodyOf } from '../faults/client.ts'
import { openaiAt } from '../faults/harness.ts'
import { usualRules } from './rig.ts'

/** A gateway with a ledger that asks equal questions once; who asks is `team/key`, as the credential says. */
export interface CoalesceRig extends AsyncDisposable {
  readonly port: number
  readonly gateway: Gateway
  readonly upstream: FakeUpstream
  readonly ledger: PlainLedger
  readonly records: readonly CallRecord[]
  /** So many sockets as there are calls. */
  readonly agent: Agent
  /** From now on the upstream answers so, when it is let. */
  answers(step: (isStream: boolean) => Step): { let(): void }
}

/** Starts it on free ports of 127.0.0.1. */
export const startCoalesce = async (allowances: readonly Allowance[] = []): Promise<CoalesceRig> => {
  const upstream = await startFakeUpstream()
  const config = await parseConfig(
    {
      discover: false,
      telemetry: { log: 'silent', metrics: false },
      providers: { open: { ...openaiAt(upstream.url), kind: 'openai' } },
      models: { chat: { targets: ['open/m'], retry: { attempts: 1 } } },
      prices: { 'open/m': { input: 1, output: 10 } },
    },
    {},
  )
  const providers = providersOf(config)
  const health = createHealth({ clock: systemClock, consecutive: Infinity, share: Infinity })
  const bare = planOf(config, providers, createPolicies(health, Math.random))
  const plan: Plan = {
    names: bare.names,
    find: (model) => {
      const route = bare.find(model)
      return route && { ...route, cache: usualRules }
    },
  }
  const pools = createPools({ connectTimeoutMs: 1_000 })
  const ledger = new PlainLedger()
  const records: CallRecord[] = []
  const answers = await createAnswerCache({ memoryBytes: 64 * 1024 * 1024, warn: () => undefined })
  const gateway = createGatewayFrom({
    plan: () => plan,
    transmit: createSend(providers.senders, pools),
    countsItself: () => false,
    health,
    retryBudget: createRetryBudget({ clock: systemClock }),
    sinks: [(record) => records.push({ ...record, attempts: [...record.attempts] })],
    money: { ledger, match: () => plainMatch(allowances) },
    memory: { answers, secret: Buffer.alloc(32, 7), reader: (wire, form) => wireNamed(wire)?.reader(form) },
    clock: systemClock,
    random: Math.random,
    capacity: 1_000,
  })
  const { server } = createGatewayServer({
    gateway,
    plan: () => plan,
    authenticate: (credential = 'acme/web') => {
      const [team, key = ''] = credential.split('/')
      return { key, team }
    },
    open: false,
    metrics: async () => ({ type: 'text/plain', text: '' }),
    refused: () => undefined,
    maxBodyBytes: config.server.maxBodyBytes,
    headersTimeoutMs: config.server.headersTimeoutMs,
    requestTimeoutMs: config.server.requestTimeoutMs,
    idleConnectionMs: config.server.keepAliveMs,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const agent = new Agent({ keepAlive: false })
  return {
    port: (server.address() as AddressInfo).port,
    gateway,
    upstream,
    ledger,
    records,
    agent,
    answers: (step) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      upstream.always(async ({ body }) => {
        await promise
        return step((JSON.parse(body) as { stream?: boolean }).stream === true)
      })
      return { let: resolve }
    },
    async [Symbol.asyncDispose]() {
      gateway.close(new GatewayError('cancelled', 'The test is over.', { outcome: 'cancelled' }))
      agent.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pools.destroy()
      await answers.close()
      await upstream.close()
    },
  }
}

/** A client that can go away: at once, or when it has heard something. */
export interface LeavingClient {
  /** Settles when the first bytes of the body have come. */
  readonly heard: Promise<void>
  leave(): void
}

/** Asks as a client that does not stay. */
export const askAndLeave = (port: number, asking: Asking): LeavingClient => {
  const body = bodyOf(asking)
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...asking.headers }
  const path = '/v1/chat/completions'
  const outgoing: ClientRequest = request({ host: '127.0.0.1', port, method: 'POST', path, headers, agent: false })
  const heard = new Promise<void>((resolve) => {
    outgoing.on('response', (incoming) => {
      incoming.on('error', () => undefined)
      incoming.once('data', () => resolve())
    })
  })
  outgoing.on('error', () => undefined)
  outgoing.end(body)
  return { heard, leave: () => outgoing.destroy() }
}
