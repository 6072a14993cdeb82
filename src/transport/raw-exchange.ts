import type { Dispatcher } from 'undici'
import { Chunk, type Reader } from '../core/chunk.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { StopListener, StopSignal } from '../core/stop.ts'
import { usageReader } from '../wire/raw/usage-reader.ts'
import { networkError } from './failures.ts'
import { Inbox, type Valve } from './inbox.ts'
import type { Lane } from './pool.ts'
import { Watchdog, type WatchdogTimeouts } from './watchdog.ts'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** How an answer began that is passed on unread: its bytes, or an error with its body. */
export type RawBeginning =
  | { readonly ok: true; readonly status: number; readonly headers: Headers; readonly inbox: Inbox }
  | { readonly ok: false; readonly status: number; readonly headers: Headers; readonly body: string }

export interface RawExchangeOptions {
  /** Over which it goes; it counts there until the pool has done with it. */
  readonly lane: Pick<Lane, 'underWay'>
  /** For messages. */
  readonly target: string
  /** Bytes kept for a caller that reads slowly. */
  readonly bufferBytes: number
  readonly maxErrorBytes: number
  readonly timeouts: WatchdogTimeouts
  /** Stops the exchange; its reason is a GatewayError. */
  readonly signal: StopSignal
  /** Told when the first byte of the request goes out. */
  readonly line: { sent?: boolean }
  resolve(beginning: RawBeginning): void
  reject(error: GatewayError): void
}

/** An error may take this long to say what it is about; then its status, and what has come, must do. */
const refusalMs = 5_000
const notModified = 304

/** One request to an upstream whose answer is handed on as it comes: only its usage is looked for. */
export class RawExchange implements Valve, Dispatcher.DispatchHandler, StopListener {
  readonly #options: RawExchangeOptions
  #controller: Dispatcher.DispatchController | undefined
  #reason: GatewayError | undefined
  #status = 0
  #headers: Headers = {}
  #inbox: Inbox | undefined
  #reader: Reader | undefined
  #watchdog: Watchdog | undefined
  #parts: Buffer[] = []
  #partBytes = 0
  #patience: NodeJS.Timeout | undefined

  constructor(options: RawExchangeOptions) {
    this.#options = options
    options.lane.underWay++
    options.signal.addEventListener('abort', this, { once: true })
  }

  /** The signal says stop. */
  handleEvent(): void {
    this.abort(asGatewayError(this.#options.signal.reason))
  }

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

  release(): void {
    this.#watchdog?.stop()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#options.line.sent = true
    if (this.#reason) controller.abort(this.#reason)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    if (status >= 300 && status !== notModified) {
      this.#patience = setTimeout(() => this.#refuse(), refusalMs)
      return
    }
    const encoding = headers['content-encoding']
    const isReadable = encoding === undefined || encoding === 'identity'
    this.#reader = isReadable ? usageReader(String(headers['content-type'] ?? '')) : undefined
    const inbox = new Inbox(this, this.#options.bufferBytes)
    const watchdog = new Watchdog(this.#options.timeouts, this.#options.target, (error) => this.abort(error))
    inbox.onWait = (waits) => watchdog.waits(waits)
    this.#inbox = inbox
    this.#watchdog = watchdog
    this.#options.resolve({ ok: true, status, headers, inbox })
  }

  onResponseData(_controller: Dispatcher.DispatchController, data: Buffer): void {
    if (this.#inbox) {
      this.#watchdog?.bytes(true)
      this.#inbox.put(new Chunk(data, this.#reader !== undefined, this.#reader ?? readNothing))
      return
    }
    this.#partBytes += data.length
    if (this.#partBytes <= this.#options.maxErrorBytes) this.#parts.push(data)
    else this.#refuse()
  }

  onResponseEnd(): void {
    this.#options.lane.underWay--
    if (this.#inbox) this.#inbox.close()
    else this.#tellRefusal()
    this.#over()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#options.lane.underWay--
    if (!this.#reason) {
      const failure = networkError(error, this.#controller !== undefined, this.#options.target)
      this.#reason = failure
      this.#options.reject(failure)
      this.#inbox?.close(failure)
    }
    this.#over()
  }

  #tellRefusal(): void {
    const body = Buffer.concat(this.#parts).toString()
    this.#options.resolve({ ok: false, status: this.#status, headers: this.#headers, body })
  }

  /** Tells an error whose body has no end. */
  #refuse(): void {
    this.#tellRefusal()
    this.abort(new GatewayError('upstream_garbled', `${this.#options.target} did not end its error.`))
  }

  #over(): void {
    clearTimeout(this.#patience)
    this.#watchdog?.stop()
    this.#options.signal.removeEventListener('abort', this)
  }
}

const readNothing: Reader = () => []
