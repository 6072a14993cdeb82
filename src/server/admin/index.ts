import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Control } from '../../control/control.ts'
import type { Clock } from '../../core/clock.ts'
import { type GatewayError, invalid } from '../../core/errors.ts'
import { parseJson } from '../../core/parse-json.ts'
import type { RecallStanding } from '../../core/recall-standing.ts'
import type { Explaining } from '../../explain.ts'
import type { JobControl } from '../../jobs/job-control.ts'
import type { WebhookControl } from '../../jobs/webhook-control.ts'
import type { GateStanding } from '../../queueing/standing.ts'
import { type BodyBudget, checkBodyHead, createBodyBudget, readBody } from '../body.ts'
import { pathOf } from '../strict.ts'
import { type Assets, createAssets } from './assets.ts'
import { createToken } from './credentials.ts'
import { createGate, type Gate } from './gate.ts'
import type { Principal } from './permission.ts'
import type { ConfigurationTools, ObservingTools } from './tools.ts'

export interface AdminOptions {
  readonly control: Control
  /** Lets in whoever sends it. Undefined: one is made for as long as this process lives. */
  readonly token?: string | undefined
  /** Shows everything and changes nothing. Undefined: there is none. */
  readonly readToken?: string | undefined
  /** The JSON Schema of the configuration. */
  configSchema(): object
  /** Where the queues before targets stand. Undefined: there are none. */
  readonly queues?: (() => readonly GateStanding[]) | undefined
  /** How answering like similar questions goes. Undefined: that is never done. */
  readonly recall?: (() => readonly RecallStanding[]) | undefined
  /** What is kept of calls. Undefined: nothing. */
  readonly observing?: ObservingTools | undefined
  /** The configuration in force. Undefined: it is not shown, and cannot be read again. */
  readonly configuration?: ConfigurationTools | undefined
  /** Tells what would become of requests. Undefined: that cannot be told here. */
  readonly explaining?: Explaining | undefined
  /** Who is told of jobs. Undefined: nobody. */
  readonly webhooks?: WebhookControl | undefined
  /** Jobs of everybody. Undefined: there are none. */
  readonly jobs?: JobControl | undefined
  /** Told of every refusal and failure. */
  refused(error: GatewayError): void
  readonly clock?: Clock | undefined
}

/** The administrators' door: everything under `/admin/`. */
export interface Admin {
  /** Answers one request whose head was checked. Rejects with what it is refused for, before anything was answered. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Says who asks, for other doors that administrators may use. Throws `unauthenticated`, `forbidden`, `rate_limited`. */
  admit(request: IncomingMessage): Principal
  /** The token that was made at this start, to be shown once; undefined when one was configured. */
  readonly token: string | undefined
}

/** Opens the administrators' door. What it needs to answer is loaded with the first request that is let in. */
export const createAdmin = (options: AdminOptions): Admin => {
  const made = options.token === undefined ? createToken() : undefined
  const token = options.token ?? made ?? ''
  const gate = createGate({ token, readToken: options.readToken }, options.clock)
  return new Doors(options, gate, made)
}

type Listener = (request: IncomingMessage, response: ServerResponse, principal: Principal) => Promise<void>

const mostBodyBytes = 1024 * 1024
const mostBodiesBytes = 16 * mostBodyBytes
const writes = ['POST', 'PUT', 'PATCH']
/** Ways of writing a path that one program takes for another path than the next. */
const ambiguous = /\/\/|\\|\/\.{1,2}(?:\/|$)|%2e|%5c|%00/i

class Doors implements Admin {
  readonly token: string | undefined
  readonly admit: Gate
  readonly #options: AdminOptions
  readonly #assets: Assets = createAssets()
  readonly #bodies: BodyBudget = createBodyBudget(mostBodiesBytes)
  #listener: Promise<Listener> | undefined

  constructor(options: AdminOptions, gate: Gate, token: string | undefined) {
    this.#options = options
    this.admit = gate
    this.token = token
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (ambiguous.test(pathOf(request.url ?? ''))) throw invalid('', 'The path must be written in its shortest form.')
    if (this.#assets.answer(request, response)) return
    const principal = this.admit(request)
    await this.#read(request, response)
    this.#listener ??= import('./listen.ts').then(({ createAdminListener }) => createAdminListener(this.#options))
    const listener = await this.#listener
    await listener(request, response, principal)
  }

  /** Leaves the body with the request, re-written from what was understood of it. */
  async #read(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request
    if (!writes.includes(request.method ?? '')) {
      const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0
      if (!isEmpty) throw invalid('', `${request.method} takes no body.`)
      return
    }
    checkBodyHead(headers, mostBodyBytes)
    if (headers.expect !== undefined && request.httpVersionMinor === 1) response.writeContinue()
    const bytes = await readBody(request, mostBodyBytes, this.#bodies)
    const body = bytes.length === 0 ? {} : parseJson(bytes)
    Object.assign(request, { rawBody: Buffer.from(JSON.stringify(body)) })
  }
}
