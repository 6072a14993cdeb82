import { afterwards } from '../core/afterwards.ts'
import { Answer, type Form, type Source } from '../core/answer.ts'
import type { CacheRules } from '../core/cache-rules.ts'
import type { AttemptLine, Call } from '../core/call.ts'
import { Chunk, type Reader } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import { asGatewayError, type GatewayError } from '../core/errors.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { CacheScope } from '../core/identity.ts'
import type { CallRecord } from '../core/record.ts'
import { Stop } from '../core/stop.ts'
import { noUsage } from '../core/usage.ts'
import type { Plan, Route } from '../routing/plan.ts'
import { coalesce } from '../stages/coalesce.ts'
import { record } from '../stages/record.ts'
import { createFakeClock } from './clock.ts'
import { callOf, targetOf } from './sample-calls.ts'

/** What is said of a caller of the rig. */
export interface RiderOptions {
  readonly scope?: string | undefined
  readonly question?: string | undefined
  readonly call?: Partial<Call> | undefined
}

/** One who asks, and can be stopped. */
export interface Rider {
  readonly call: Call
  readonly answer: Promise<Answer>
  /** As the gateway does it: the signal first, then an answer that nobody reads. */
  stop(reason: GatewayError): void
}

const rules: CacheRules = {
  ttlMs: 1_000,
  staleMs: 0,
  scope: 'team',
  toolCalls: false,
  normalize: false,
  coalesce: true,
  paced: false,
}

/** What is said of one model of the rig. */
export const cachedRoute = (cache: Partial<CacheRules> | undefined = {}): Route => ({
  name: 'chat',
  listed: true,
  targets: [],
  policies: [],
  contextChain: [],
  policyChain: [],
  timeouts: { firstTokenMs: 1_000, idleMs: 1_000, progressMs: 1_000, totalMs: 1_000, streamTotalMs: 1_000 },
  retry: { attempts: 1, sameTarget: 0 },
  cache: { ...rules, ...cache },
  identity: 'route',
  readsCaller: false,
})

/** The stage that asks equal questions once, between a record of every call and upstreams that do as they are told. */
export interface FlightRig {
  readonly clock: Clock & { advance(durationMs: number): void }
  readonly legs: readonly Leg[]
  readonly records: readonly CallRecord[]
  ask(options?: RiderOptions): Rider
}

/** Puts it together; `outer` stands around the stage, as limits do. */
export const createFlightRig = ({
  route = cachedRoute(),
  outer = [],
  reader = orderedReader,
}: {
  readonly route?: Route
  readonly outer?: readonly Stage<Call>[]
  readonly reader?: (wire: string, form: Form) => Reader | undefined
} = {}): FlightRig => {
  const clock = createFakeClock()
  const legs: Leg[] = []
  const records: CallRecord[] = []
  const recorded = record([(entry) => records.push({ ...entry, attempts: [...entry.attempts] })], clock)
  const plan: Plan = { find: (name) => (name === 'chat' ? route : undefined), names: [] }
  const upstream: Handler<Call> = (call) => {
    const leg = new Leg(call, clock)
    legs.push(leg)
    return leg.coming
  }
  const stage = coalesce({ plan: () => plan, reader, recorded, clock })(upstream)
  const handle = recorded(outer.reduceRight<Handler<Call>>((next, each) => each(next), stage))
  let asked = 0
  const ask = ({ scope = 'team:a', question = 'q', call: more }: RiderOptions = {}): Rider => {
    const stop = new Stop()
    const call: Call = {
      ...callOf({ stream: true }),
      id: `call-${asked++}`,
      started: clock.now(),
      signal: stop,
      account: { attempts: [] },
      notes: {},
      identity: { scope: scope as CacheScope, model: 'chat', key: `${scope} ${question}` },
      ...more,
    }
    let begun: Answer | undefined
    const answer = handle(call).then((came) => {
      begun = came
      if (stop.aborted) came.cancel(asGatewayError(stop.reason))
      return came
    })
    // Whoever asks looks at it when there is time.
    answer.catch(() => undefined)
    return {
      call,
      answer,
      stop: (reason) => {
        stop.abort(reason)
        begun?.cancel(reason)
      },
    }
  }
  return { clock, legs, records, ask }
}

/** A language of numbered lines, whose reader throws when it is not read in order: `3 word`, and `9 .` at the end. */
export const orderedReader = (_wire: string, _form: Form): Reader => {
  let last = -1
  return (bytes) => {
    const [at, word] = Buffer.from(bytes.subarray(0, 32)).toString('latin1').trimEnd().split(' ')
    const index = Number(at)
    if (index <= last) throw new Error(`${index} is read after ${last}`)
    last = index
    if (word === '.') return [{ kind: 'finish', choice: 0, reason: 'stop' }, { kind: 'end' }]
    return [{ kind: 'text', choice: 0, block: 0, text: word ?? '' }]
  }
}

/** One question to the upstream, and what it is told to answer. Each piece that it hands out costs a nano. */
export class Leg implements Source {
  readonly call: Call
  readonly coming: Promise<Answer>
  readonly line: AttemptLine
  /** Why it was stopped; undefined: it was not. */
  stopped: GatewayError | undefined
  isBegun = false
  isOver = false
  readonly pieces: string[] = []
  readonly #clock: Clock
  readonly #reader = orderedReader('', 'events')
  readonly #queue: (Chunk | GatewayError | undefined)[] = []
  #given = 0
  #resolve: (answer: Answer) => void = () => undefined
  #reject: (error: GatewayError) => void = () => undefined
  #waiting: { resolve(chunk: Chunk | undefined): void; reject(error: GatewayError): void } | undefined

  constructor(call: Call, clock: Clock) {
    this.call = call
    this.#clock = clock
    this.line = { target: 'up/m', ordinal: 1, started: clock.now(), costNanos: 0n }
    call.account.attempts.push(this.line)
    call.notes.model = 'chat'
    const coming = new Promise<Answer>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    call.signal.addEventListener('abort', () => this.cancel(asGatewayError(call.signal.reason)))
    this.coming = afterwards(coming, ({ error }) => {
      this.isOver = true
      this.line.ended = this.#clock.now()
      this.line.outcome = error ? (error.details.outcome ?? 'cancelled') : 'ok'
      this.line.usage = { ...noUsage, input: 3, output: this.#given }
      this.line.costNanos = BigInt(this.#given)
    })
  }

  /** It answers. */
  begin(form: Form = 'events'): void {
    this.isBegun = true
    this.call.notes.firstTokenAt = this.#clock.now()
    this.#resolve(new Answer({ wire: 'lines', form, target: targetOf('up/m'), headers: {} }, this))
  }

  /** It does not. */
  refuse(error: GatewayError): void {
    this.isOver = true
    this.#reject(error)
  }

  /** It says more, padded with so many bytes. */
  put(word: string, padding = 0): void {
    const piece = `${this.pieces.length} ${word}`
    this.pieces.push(piece)
    const bytes = Buffer.alloc(Math.max(32, padding), ' ')
    bytes.write(piece, 'latin1')
    this.#offer(new Chunk(bytes, word === '.' || word.startsWith('m'), this.#reader))
  }

  /** It has said everything. */
  end(): void {
    this.put('.')
  }

  /** It breaks. */
  fail(error: GatewayError): void {
    this.#offer(error)
  }

  pull(): Chunk | undefined | Promise<Chunk | undefined> {
    const next = this.#queue.shift()
    if (next !== undefined) return this.#give(next)
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  cancel(reason: GatewayError): void {
    if (this.isOver && !this.isBegun) return
    this.stopped ??= reason
    this.#reject(reason)
    this.#waiting?.reject(reason)
    this.#waiting = undefined
  }

  #offer(next: Chunk | GatewayError): void {
    const waiting = this.#waiting
    if (!waiting) {
      this.#queue.push(next)
      return
    }
    this.#waiting = undefined
    if (next instanceof Chunk) waiting.resolve(this.#give(next))
    else waiting.reject(next)
  }

  #give(next: Chunk | GatewayError): Chunk {
    if (!(next instanceof Chunk)) throw next
    this.#given++
    return next
  }
}

/** What was said by a chunk of the rig. */
export const pieceOf = (chunk: Chunk): string => Buffer.from(chunk.bytes.subarray(0, 32)).toString('latin1').trimEnd()

/** Everything that an answer says, by its bytes and by what they mean. */
export const readAll = async (answer: Answer): Promise<{ readonly pieces: string[]; readonly text: string }> => {
  const pieces: string[] = []
  let text = ''
  for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull()) {
    pieces.push(pieceOf(chunk))
    for (const delta of chunk.deltas) if (delta.kind === 'text') text += delta.text
  }
  return { pieces, text }
}

/** Lets everything happen that can. */
export const settle = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve))
}
