import type { Answer } from './core/answer.ts'
import { type CacheNote, type Call, costOfCall } from './core/call.ts'
import type { Chunk } from './core/chunk.ts'
import { asGatewayError, GatewayError } from './core/errors.ts'
import { usdFromNanos } from './core/money.ts'
import { errorHeaders } from './error-headers.ts'
import type { Opened } from './gateway.ts'
import type { Outlet } from './outlet.ts'
import { overheard } from './overheard.ts'
import type { Wire, Writer } from './wire/wire.ts'

export type { Outlet }

export interface DeliverOptions {
  readonly wire: Wire
  readonly outlet: Outlet
  /** After this long without a sign of life the status is committed and the stream is kept alive. Default 10 000. */
  readonly keepAliveMs: number
}

/**
 * Hands a call's answer to its caller, in the caller's language. Settles when everything is said, with the error that it
 * ended with, if any; never rejects.
 */
export const deliver = async (opened: Opened, options: DeliverOptions): Promise<GatewayError | undefined> => {
  const { transcript } = opened
  const delivery = new Delivery(
    opened,
    transcript ? { ...options, outlet: overheard(options.outlet, transcript) } : options,
  )
  try {
    await delivery.take(await opened.answer)
    return undefined
  } catch (thrown) {
    const error = asGatewayError(thrown)
    delivery.fail(error)
    return error
  } finally {
    delivery.stop()
    transcript?.end()
  }
}

class Delivery {
  readonly #opened: Opened
  readonly #wire: Wire
  readonly #outlet: Outlet
  readonly #keepAliveMs: number
  readonly #streams: boolean
  #answer: Answer | undefined
  #committed = false
  #keepAlive: NodeJS.Timeout | undefined

  constructor(opened: Opened, { wire, outlet, keepAliveMs }: DeliverOptions) {
    this.#opened = opened
    this.#wire = wire
    this.#outlet = outlet
    this.#keepAliveMs = keepAliveMs
    this.#streams = opened.call.request.stream
    if (this.#streams) this.#keepAlive = setTimeout(this.#sign, keepAliveMs)
  }

  take(answer: Answer): Promise<void> {
    this.#answer = answer
    if (!this.#streams) return this.#whole(answer)
    if (answer.head.wire === this.#wire.name && answer.head.form === 'events') return this.#untouched(answer)
    return this.#translated(answer)
  }

  /** Says a failure as far as it can still be said: with a status before the head, inside the stream after it. */
  fail(error: GatewayError): void {
    this.#answer?.cancel(error)
    this.#opened.cancel(error)
    if (this.#outlet.closed) return
    if (this.#committed) {
      this.#outlet.end(inBytes(this.#wire.writeError(error, 'events'), this.#wire))
      return
    }
    this.#committed = true
    const { call } = this.#opened
    const body = this.#wire.writeError(error, 'whole')
    this.#outlet.head(error.status, {
      ...addCost(commonHeaders(call, 'application/json', this.#wire), call),
      'content-length': String(Buffer.byteLength(body)),
      ...errorHeaders(error),
      ...this.#wire.errorHeaders?.(error),
    })
    this.#outlet.end(body)
  }

  stop(): void {
    clearTimeout(this.#keepAlive)
  }

  /** A sign of life, and the next one after another pause. */
  readonly #sign = (): void => {
    if (this.#outlet.closed) return
    this.#commit(undefined)
    const place = placeOf(this.#opened.call, this.#wire)
    this.#outlet.write(inBytes(this.#wire.keepAlive + place, this.#wire))
    this.#keepAlive = setTimeout(this.#sign, this.#keepAliveMs)
  }

  #commit(answer: Answer | undefined): void {
    if (this.#committed) return
    const headers = commonHeaders(this.#opened.call, streamType(this.#wire), this.#wire)
    if (answer) addAnswerHeaders(headers, answer, this.#opened.call)
    headers['cache-control'] = 'no-store, no-transform'
    headers['x-accel-buffering'] = 'no'
    this.#outlet.head(200, headers)
    this.#committed = true
  }

  #send(piece: Uint8Array | string): Promise<void> | undefined {
    if (this.#outlet.closed) throw new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' })
    this.#keepAlive?.refresh()
    return this.#outlet.write(piece)
  }

  async #whole(answer: Answer): Promise<void> {
    const same = answer.head.wire === this.#wire.name && answer.head.form === 'whole'
    let body: Uint8Array | string
    const counts = this.#opened.call.request.operation === 'count_tokens'
    if (same || counts) {
      const pulled = answer.pull()
      const chunk = pulled instanceof Promise ? await pulled : pulled
      if (!chunk) throw new GatewayError('internal', 'A whole answer had no body.')
      body = same ? chunk.bytes : countIn(chunk, this.#wire)
    } else body = await collect(answer, this.#wire.writer('whole', this.#opened.call.request))
    const { call } = this.#opened
    const headers = commonHeaders(call, 'application/json', this.#wire)
    headers['content-length'] = String(Buffer.byteLength(body))
    addAnswerHeaders(headers, answer, call)
    addCost(headers, call)
    this.#outlet.head(200, headers)
    this.#committed = true
    this.#outlet.end(body)
  }

  /** Same language on both sides: bytes pass; only a frame the caller did not ask for is left out. */
  async #untouched(answer: Answer): Promise<void> {
    const hidesUsage = !this.#opened.call.request.wantsUsage
    let ended = false
    for (;;) {
      const pulled = answer.pull()
      const chunk = pulled instanceof Promise ? await pulled : pulled
      if (chunk === undefined) break
      this.#commit(answer)
      if (chunk.matters) {
        if (hidesUsage && isOnlyUsage(chunk)) continue
        if (chunk.ends) {
          ended = true
          this.#send(inBytes(closingComment(this.#opened.call, this.#wire, this.#answer), this.#wire))
        }
      }
      const drained = this.#send(chunk.bytes)
      if (drained) await drained
    }
    this.#outlet.end(
      ended ? undefined : inBytes(closingComment(this.#opened.call, this.#wire, this.#answer), this.#wire),
    )
  }

  /** Different languages: what each chunk means is written in the caller's words. */
  async #translated(answer: Answer): Promise<void> {
    const writer = this.#wire.writer('events', this.#opened.call.request)
    for (;;) {
      const pulled = answer.pull()
      const chunk = pulled instanceof Promise ? await pulled : pulled
      if (chunk === undefined) break
      const text = say(chunk, writer)
      this.#commit(answer)
      if (text === '') continue
      const drained = this.#send(inBytes(text, this.#wire))
      if (drained) await drained
    }
    this.#commit(answer)
    this.#outlet.end(inBytes(closingComment(this.#opened.call, this.#wire, this.#answer) + writer.end(), this.#wire))
  }
}

const streamType = ({ framing }: Wire): string =>
  framing.encoding === 'utf8' ? `${framing.contentType}; charset=utf-8` : framing.contentType

/** What a writer said, as it goes out: strings hold text, or bytes where events are binary. */
const inBytes = (said: string, { framing }: Wire): Uint8Array | string =>
  framing.encoding === 'utf8' ? said : Buffer.from(said, 'latin1')

const say = (chunk: Chunk, writer: Writer): string => {
  let text = ''
  for (const delta of chunk.deltas) text += writer.write(delta)
  return text
}

/** A count of another language, or of the gateway's own, in the caller's words. */
const countIn = (chunk: Chunk, { counting }: Wire): string => {
  for (const delta of chunk.deltas) if (delta.kind === 'count' && counting) return counting.write(delta.tokens)
  throw new GatewayError('internal', 'A count held no number.')
}

/** A whole body from an answer that came in another language, or in pieces. */
const collect = async (answer: Answer, writer: Writer): Promise<string> => {
  for (;;) {
    const chunk = await answer.pull()
    if (chunk === undefined) return writer.end()
    say(chunk, writer)
  }
}

const isOnlyUsage = (chunk: Chunk): boolean =>
  chunk.deltas.length > 0 && chunk.deltas.every((delta) => delta.kind === 'usage')

const commonHeaders = (call: Call, type: string, wire: Wire): Record<string, string> => {
  const headers = {
    'content-type': type,
    'x-request-id': call.id,
    [wire.idHeader]: call.id,
    'cache-control': 'no-store',
    vary: 'authorization',
    'x-tollgate-attempts': String(attemptsOf(call)),
  }
  const { limits, queuedMs, waiting, replayOf, cache } = call.notes
  if (cache) addCache(headers, cache)
  if (queuedMs !== undefined || waiting) addQueue(headers, call)
  if (replayOf !== undefined) Object.assign(headers, replayHeaders)
  return limits ? Object.assign(headers, wire.limitHeaders(limits, Date.now())) : headers
}

/** What memory had to do with it; nothing where its model keeps no answers. */
const addCache = (headers: Record<string, string>, { outcome, ageMs, savedNanos }: CacheNote): void => {
  headers['x-tollgate-cache'] = outcome
  if (ageMs !== undefined) headers.age = String(Math.floor(ageMs / 1000))
  if (savedNanos !== undefined) headers['x-tollgate-saved-usd'] = usdFromNanos(savedNanos)
}

/** Did it come from memory, or from another call, without a request of its own to a provider? */
const isSpared = ({ account, notes: { cache } }: Call): boolean =>
  account.attempts.length === 0 && cache !== undefined && cache.outcome !== 'miss' && cache.outcome !== 'off'

/** Of an answer that was given before: it was paid for then. */
const replayHeaders = { 'idempotent-replayed': 'true', 'x-tollgate-cost-usd': '0' }

/** How long it waited for targets; where it still does, how many are before it and for about how long. */
const addQueue = (headers: Record<string, string>, { notes }: Call): void => {
  headers['x-tollgate-queue-ms'] = String(Math.round(notes.queuedMs ?? 0))
  if (!notes.waiting) return
  const { position, waitMs } = notes.waiting()
  headers['x-tollgate-queue-position'] = String(position)
  headers['x-tollgate-queue-estimate-ms'] = String(Math.ceil(waitMs))
}

/** Where a call stands that waits for a target, as a comment; empty for one that does not, or where no comment fits. */
const placeOf = ({ notes }: Call, { framing }: Wire): string => {
  if (!notes.waiting) return ''
  const { position, waitMs } = notes.waiting()
  return framing.comment(`tollgate queue_position=${position} queue_estimate_ms=${Math.ceil(waitMs)}`)
}

/** Requests made to providers: an attempt that was refused before anybody was asked is none. */
const attemptsOf = ({ account }: Call): number => {
  let made = 0
  for (const line of account.attempts) if (line.outcome !== 'incapable') made++
  return made
}

/** Absent where the cost is not known, which is not the same as zero. */
const addCost = (headers: Record<string, string>, call: Call): Record<string, string> => {
  const { account } = call
  const cost = account.attempts.length === 0 && !isSpared(call) ? undefined : costOfCall(account)
  if (cost !== undefined) headers['x-tollgate-cost-usd'] = usdFromNanos(cost)
  return headers
}

const addAnswerHeaders = (headers: Record<string, string>, answer: Answer, call: Call): void => {
  const shown = answer.head.headers
  for (const name in shown) headers[name] = shown[name] as string
  headers['x-tollgate-target'] = sendable(answer.head.target.id)
  const line = call.account.attempts.at(-1)
  const begun = call.notes.firstTokenAt
  if (line && begun !== undefined) headers['x-tollgate-upstream-ms'] = String(Math.round(begun - line.started))
  if (isSpared(call)) headers['x-tollgate-cost-usd'] = '0'
}

/** A target's id with everything percent-encoded that would break a line or a header: callers make model names up. */
const sendable = (id: string): string => (/^[!-~]*$/.test(id) ? id : encodeURI(id.toWellFormed()))

/** What is known only at the end, as a comment that every client passes over. A block of its own, before the last event. */
const closingComment = (call: Call, wire: Wire, answer: Answer | undefined): string => {
  const cost = costOfCall(call.account)
  const target = call.account.attempts.at(-1)?.target ?? answer?.head.target.id ?? ''
  const facts = [`cost_usd=${cost === undefined ? 'unknown' : usdFromNanos(cost)}`, `target=${sendable(target)}`]
  facts.push(`attempts=${attemptsOf(call)}`)
  if (call.notes.cache) facts.push(`cache=${call.notes.cache.outcome}`)
  return wire.framing.comment(`tollgate ${facts.join(' ')}`)
}
