import type { Dispatcher } from 'undici'
import type { Form } from '../core/answer.ts'
import { Chunk, type Reader } from '../core/chunk.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { StopListener, StopSignal } from '../core/stop.ts'
import type { Splitter } from '../wire/framing.ts'
import type { Wire } from '../wire/wire.ts'
import { networkError } from './failures.ts'
import { Inbox, type Valve } from './inbox.ts'
import type { Lane } from './pool.ts'
import { Watchdog, type WatchdogTimeouts } from './watchdog.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** How an answer began: readable, or an error with its body. */
export type Beginning =
  | { readonly ok: true; readonly form: Form; readonly headers: Headers; readonly inbox: Inbox }
  | { readonly ok: false; readonly status: number; readonly headers: Headers; readonly body: string }

export interface ExchangeLimits {
  /** Bytes kept for a caller that reads slowly. */
  readonly bufferBytes: number
  readonly maxEventBytes: number
  readonly maxWholeBytes: number
  readonly maxErrorBytes: number
}

export interface ExchangeOptions {
  /** Over which it goes: it counts there until the pool has done with it, which may be later than this exchange. */
  readonly lane: Pick<Lane, 'underWay'>
  readonly wire: Wire
  /** For messages. */
  readonly target: string
  readonly limits: ExchangeLimits
  readonly timeouts: WatchdogTimeouts
  /** Reads a whole body; differs from the wire's own only for operations whose answer is no conversation. */
  wholeReader(): Reader
  /** Stops the exchange; its reason is a GatewayError. */
  readonly signal: StopSignal
  /** Told when the first byte of the request goes out. */
  readonly line: { sent?: boolean }
  /** A stream must begin within this time; undefined: whenever it likes. */
  readonly beginWithinMs: number | undefined
  resolve(beginning: Beginning): void
  reject(error: GatewayError): void
}

/** An answer that is whole may take this long to end its connection's turn; then the connection is closed. */
const lingerMs = 1_000

/** An error may take this long to say what it is about; then its status, and what has come, must do. */
const refusalMs = 5_000

/** One request to an upstream and what comes back, by the callbacks of undici; nothing allocated that is not needed. */
export class Exchange implements Valve {
  readonly #options: ExchangeOptions
  #controller: Dispatcher.DispatchController | undefined
  #reason: GatewayError | undefined
  #status = 0
  #headers: Headers = {}
  #form: Form = 'whole'
  #inbox: Inbox | undefined
  #watchdog: Watchdog | undefined
  #splitter: Splitter | undefined
  #reader: Reader | undefined
  #parts: Buffer[] = []
  #partBytes = 0
  #readable = true
  #isOver = false
  #linger: NodeJS.Timeout | undefined
  /** What pools, timers and signals hold of this exchange. */
  readonly relay: Relay
  #silence: NodeJS.Timeout | undefined

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.relay = new Relay(this, options.lane)
    options.signal.addEventListener('abort', this.relay, { once: true })
    const { beginWithinMs } = options
    if (beginWithinMs !== undefined) this.#silence = setTimeout(silent, beginWithinMs, this.relay, beginWithinMs)
  }

  get target(): string {
    return this.#options.target
  }

  /** The signal says stop. */
  obey(): void {
    this.abort(asGatewayError(this.#options.signal.reason))
  }

  /** Stops at once: the socket is closed, whoever waits gets the reason. */
  abort(reason: GatewayError): void {
    if (this.#reason) return
    this.#reason = reason
    this.#options.reject(reason)
    this.#inbox?.close(reason)
    this.#controller?.abort(reason)
    this.#over()
  }

  pause(): void {
    this.#controller?.pause()
  }

  resume(): void {
    this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#options.line.sent = true
    if (this.#reason) controller.abort(this.#reason)
  }

  onResponseStart(status: number, headers: Headers): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    const encoding = headers['content-encoding']
    this.#readable = encoding === undefined || encoding === 'identity'
    // A refusal that cannot be read is still a refusal: its status says enough.
    if (status >= 300) {
      this.#linger = setTimeout(() => this.#refuse(), refusalMs)
      return
    }
    if (!this.#readable) {
      this.abort(this.#garbled('sent a compressed answer that nobody asked for'))
      return
    }
    const type = String(headers['content-type'] ?? '').toLowerCase()
    this.#form = type.startsWith(this.#options.wire.framing.contentType) ? 'events' : 'whole'
    if (this.#form === 'whole') return
    clearTimeout(this.#silence)
    this.#splitter = this.#options.wire.framing.splitter()
    this.#begin()
  }

  onResponseData(data: Buffer): void {
    if (this.#splitter) this.#events(data, this.#splitter)
    else this.#part(data)
  }

  onResponseEnd(): void {
    if (this.#splitter) {
      const last = this.#splitter.flush()
      if (last) this.#put(last, this.#splitter)
      this.#inbox?.close(this.#splitter.waiting === 0 ? undefined : this.#cut())
    } else if (this.#status >= 300) this.#tellRefusal()
    else {
      const inbox = this.#begin()
      inbox.put(new Chunk(this.#body(), true, this.#options.wholeReader()))
      inbox.close()
    }
    this.#over()
  }

  onResponseError(error: Error): void {
    if (!this.#reason) {
      const failure = networkError(error, this.#controller !== undefined, this.#options.target)
      this.#reason = failure
      this.#options.reject(failure)
      this.#inbox?.close(failure)
    }
    this.#over()
  }

  #begin(): Inbox {
    const inbox = new Inbox(this, this.#options.limits.bufferBytes)
    this.#inbox = inbox
    if (this.#form === 'events') {
      this.#watchdog = new Watchdog(this.#options.timeouts, this.#options.target, (error) => this.abort(error))
      inbox.onWait = (waits) => this.#watchdog?.waits(waits)
    }
    this.#options.resolve({ ok: true, form: this.#form, headers: this.#headers, inbox })
    return inbox
  }

  #events(data: Buffer, splitter: Splitter): void {
    const piece = this.#whole(data, splitter)
    if (this.#reason) return
    if (splitter.waiting > this.#options.limits.maxEventBytes) {
      this.abort(this.#garbled(`sent an event of more than ${this.#options.limits.maxEventBytes} bytes`))
      return
    }
    const quiet = piece !== undefined && this.#options.wire.framing.isKeepAlive(piece)
    this.#watchdog?.bytes(piece !== undefined && !quiet)
    if (piece !== undefined) this.#put(piece, splitter)
  }

  /** The events that are whole now. What is no event stops the exchange: thrown further, it would look like a broken connection. */
  #whole(data: Buffer, splitter: Splitter): Buffer | undefined {
    try {
      return splitter.push(data)
    } catch (thrown) {
      this.abort(asGatewayError(thrown))
      return undefined
    }
  }

  #put(piece: Buffer, splitter: Splitter): void {
    this.#reader ??= this.#options.wire.reader('events')
    // What matters stands alone, so that an ending can be held back, hidden or preceded without touching the rest.
    if (!this.#options.wire.matters(piece)) this.#inbox?.put(new Chunk(piece, false, this.#reader))
    else
      for (const event of splitter.split(piece))
        this.#inbox?.put(new Chunk(event, this.#options.wire.matters(event), this.#reader))
  }

  #part(data: Buffer): void {
    const most = this.#status >= 300 ? this.#options.limits.maxErrorBytes : this.#options.limits.maxWholeBytes
    this.#partBytes += data.length
    if (this.#partBytes <= most && this.#readable) this.#parts.push(data)
    else if (this.#status < 300) this.abort(this.#garbled(`sent an answer of more than ${most} bytes`))
    else if (this.#partBytes > most) this.#refuse()
  }

  #tellRefusal(): void {
    this.#options.resolve({ ok: false, status: this.#status, headers: this.#headers, body: this.#body().toString() })
  }

  /** Tells an error whose body has no end. */
  #refuse(): void {
    this.#tellRefusal()
    this.abort(this.#garbled('did not end its error'))
  }

  #body(): Buffer {
    return this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts)
  }

  #garbled(what: string): GatewayError {
    return new GatewayError('upstream_garbled', `${this.#options.target} ${what}.`, { outcome: 'malformed' })
  }

  #cut(): GatewayError {
    return new GatewayError('upstream_garbled', `${this.#options.target} ended its stream in the middle of an event.`, {
      outcome: 'ambiguous',
    })
  }

  /** Usually the end is on its way already; an upstream that says goodbye and does not go would hold the connection. */
  release(): void {
    this.#watchdog?.stop()
    if (this.#isOver) return
    const message = `${this.#options.target} did not end its answer.`
    this.#linger = setTimeout(() => this.abort(new GatewayError('upstream_garbled', message)), lingerMs)
  }

  #over(): void {
    this.#isOver = true
    clearTimeout(this.#linger)
    this.#watchdog?.stop()
    clearTimeout(this.#silence)
    this.#options.signal.removeEventListener('abort', this.relay)
    this.relay.exchange = undefined
  }
}

/**
 * What a pool, a timer and a signal hold of an exchange: it passes their calls on until the exchange is over. They live
 * longer than that; if they held the exchange, or closures that see it, every collection would copy calls that ended
 * long ago (docs/decisions/0012-let-go-of-ended-calls.md has the figures).
 */
class Relay implements Dispatcher.DispatchHandler, StopListener {
  exchange: Exchange | undefined
  readonly #lane: Pick<Lane, 'underWay'>

  constructor(exchange: Exchange, lane: Pick<Lane, 'underWay'>) {
    this.exchange = exchange
    this.#lane = lane
    lane.underWay++
  }

  handleEvent(): void {
    this.exchange?.obey()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.exchange) this.exchange.onRequestStart(controller)
    else controller.abort(new Error('The call is over.'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.exchange?.onResponseStart(status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, data: Buffer): void {
    this.exchange?.onResponseData(data)
  }

  onResponseEnd(): void {
    this.#lane.underWay--
    this.exchange?.onResponseEnd()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#lane.underWay--
    this.exchange?.onResponseError(error)
  }
}

const silent = ({ exchange }: Relay, ms: number): void =>
  exchange?.abort(
    new GatewayError('upstream_timeout', `${exchange.target} did not begin within ${ms} ms.`, { outcome: 'ambiguous' }),
  )
