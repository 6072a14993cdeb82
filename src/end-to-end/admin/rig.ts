import type { ConfigInput } from '../../config/schema.ts'
import { createControl } from '../../control/create-control.ts'
import type { Declaration } from '../../control/declaration.ts'
import type { GatewayError } from '../../core/errors.ts'
import type { JsonValue } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'
import { createAdmin } from '../../server/admin/index.ts'
import { createMemoryControl, type MemoryControl } from '../../stores/memory/control.ts'
import { createMemoryReports, type MemoryReports } from '../../stores/memory/reports.ts'
import type { Standing } from '../../stores/store.ts'
import { createFakeClock, type FakeClock } from '../../testing/clock.ts'
import { startGateway } from '../faults/harness.ts'

/** What was answered, read to its end. */
export interface Told {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** A part of a JSON answer, by its path; the whole without one. */
  at(...path: readonly (string | number)[]): JsonValue | undefined
}

export interface Asking {
  /** Default: the token that may do everything; null: none. */
  readonly token?: string | null | undefined
  readonly body?: unknown
  /** Sent as they are, instead of what goes with the rest. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
}

/** A gateway with its administrators' door, over a socket, on stores in memory. */
export interface AdminRig extends AsyncDisposable {
  readonly port: number
  readonly store: MemoryControl
  readonly reports: MemoryReports
  readonly clock: FakeClock
  readonly refused: readonly GatewayError[]
  ask(method: string, path: string, asking?: Asking): Promise<Told>
}

export interface AdminRigOptions {
  readonly config?: ConfigInput | undefined
  readonly declared?: Declaration | undefined
  readonly standings?: readonly Standing[] | undefined
}

export const adminToken = 'admin-token-of-the-test'
export const readToken = 'read-token-of-the-test'
export const inferenceKey = 'inference-key-of-the-test'

const settings: ConfigInput = {
  providers: { sim: { kind: 'simulated', models: ['a'] } },
  models: { chat: 'sim/a' },
  keys: [{ name: 'web', key: inferenceKey }],
  telemetry: { log: 'silent', metrics: true },
}

const answerOf = async (response: Response): Promise<Told> => {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    at: (...path) => {
      let value: JsonValue | undefined = JSON.parse(text)
      for (const step of path) {
        if (typeof step === 'number' && Array.isArray(value)) value = value[step]
        else value = isObject(value) ? value[String(step)] : undefined
      }
      return value
    },
  }
}

/** Starts it on a free port of 127.0.0.1. */
export const startAdminRig = async ({ config = settings, declared, standings = [] }: AdminRigOptions = {}) => {
  const store = createMemoryControl()
  const reports = createMemoryReports()
  reports.follow({ standings: () => standings, releaseLost: () => 5n, note: store.note })
  const clock = createFakeClock()
  const refused: GatewayError[] = []
  const admin = createAdmin({
    control: createControl({
      store: { control: store, reports },
      secret: await store.secret(),
      declared,
      isEndpoint: (name) => name === 'pager',
    }),
    token: adminToken,
    readToken,
    configSchema: () => ({ title: 'schema' }),
    refused: (error) => refused.push(error),
    clock,
  })
  const gateway = await startGateway(config, { administration: { admin, admit: admin.admit } })
  const rig: AdminRig = {
    port: gateway.port,
    store,
    reports,
    clock,
    refused,
    async ask(method, path, { token = adminToken, body, headers = {} } = {}) {
      const sent = new Headers()
      if (token !== null) sent.set('authorization', `Bearer ${token}`)
      if (body !== undefined) sent.set('content-type', 'application/json')
      for (const [name, value] of Object.entries(headers)) if (value !== undefined) sent.set(name, value)
      const text = typeof body === 'string' ? body : body === undefined ? null : JSON.stringify(body)
      const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`, {
        method,
        headers: sent,
        body: text,
      })
      return answerOf(response)
    },
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  }
  return rig
}
