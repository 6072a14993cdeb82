import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Additions, assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { GatewayError } from '../../core/errors.ts'
import type { CallRecord } from '../../core/record.ts'
import type { Gateway } from '../../gateway.ts'
import { createGatewayServer, type ServerOptions } from '../../server/node.ts'

/** A gateway that listens, and everything it recorded. */
export interface GatewayUnderTest extends AsyncDisposable {
  readonly port: number
  readonly server: Server
  readonly gateway: Gateway
  /** Every record, in the order in which calls ended. */
  readonly records: readonly CallRecord[]
  /** The only record of a call; waits for it. Rejects when there is none after two seconds, or more than one. */
  recordOf(id: string): Promise<CallRecord>
}

export interface Settings {
  /** Default 10 000. */
  readonly keepAliveMs?: number | undefined
  readonly writeStallMs?: number | undefined
  readonly health?: Additions['health']
  /** The administrators' door; default: there is none. */
  readonly administration?: Pick<ServerOptions, 'admin' | 'admit'> | undefined
}

/** Failures are not remembered, so that each call meets the target that it was meant to meet. */
export const forgetful: Settings = {
  health: { consecutive: Number.POSITIVE_INFINITY, share: Number.POSITIVE_INFINITY },
}

/** A provider that speaks OpenAI's language at an address. */
export const openaiAt = (url: string) => ({
  kind: 'openai-compatible',
  baseUrl: `${url}/v1`,
  apiKey: 'sk-fault-openai',
})

/** A provider that speaks Anthropic's language at an address. */
export const anthropicAt = (url: string) => ({ kind: 'anthropic', baseUrl: `${url}/v1`, apiKey: 'sk-fault-anthropic' })

/** Starts a gateway as a server would, on a free port of 127.0.0.1, with a sink that keeps every record. */
export const startGateway = async (input: ConfigInput, settings: Settings = {}): Promise<GatewayUnderTest> => {
  const config = await parseConfig({ discover: false, telemetry: { log: 'silent', metrics: false }, ...input }, {})
  const records: CallRecord[] = []
  const byId = new Map<string, CallRecord[]>()
  const keep = (record: CallRecord): void => {
    records.push(record)
    byId.set(record.id, [...(byId.get(record.id) ?? []), record])
  }
  const runtime = await assemble(config, { sinks: [keep], health: settings.health })
  const { server } = createGatewayServer({
    ...runtime,
    ...settings.administration,
    open: runtime.isOpen,
    maxBodyBytes: config.server.maxBodyBytes,
    headersTimeoutMs: config.server.headersTimeoutMs,
    requestTimeoutMs: config.server.requestTimeoutMs,
    idleConnectionMs: config.server.keepAliveMs,
    keepAliveMs: settings.keepAliveMs,
    writeStallMs: settings.writeStallMs,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  return {
    port: (server.address() as AddressInfo).port,
    server,
    gateway: runtime.gateway,
    records,
    recordOf: async (id) => {
      await until(() => byId.has(id), `no record of ${id}`)
      const [record, ...more] = byId.get(id) ?? []
      if (!record || more.length > 0) throw new Error(`${more.length + 1} records of ${id}`)
      return record
    },
    async [Symbol.asyncDispose]() {
      runtime.gateway.cancelAll(new GatewayError('cancelled', 'The test is over.', { outcome: 'cancelled' }))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await runtime.close()
    },
  }
}

/** Waits for something to become true; rejects with `otherwise` when it does not within two seconds. */
export const until = async (isTrue: () => boolean, otherwise: string, withinMs = 2_000): Promise<void> => {
  const end = performance.now() + withinMs
  while (!isTrue()) {
    if (performance.now() > end) throw new Error(otherwise)
    await sleep(5)
  }
}

/** Runs `task` for each item, at most `most` at a time. */
export const inParallel = async <T>(
  items: Iterable<T>,
  most: number,
  task: (item: T) => Promise<void>,
): Promise<void> => {
  const rest = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) await task(next.value)
  }
  await Promise.all(Array.from({ length: most }, worker))
}

/** Numbers from 0 to 1 that are the same each time for the same seed. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
