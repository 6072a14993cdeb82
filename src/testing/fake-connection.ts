import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { createFraming, headOf, piecesOf } from './answer-bytes.ts'
import type { JournalEntry } from './journal.ts'
import { type RequestHead, RequestReader } from './request-reader.ts'
import type { Delay, Ending, Step } from './step.ts'

/** What a connection asks of its server. */
export interface ConnectionHost {
  readonly journal: JournalEntry[]
  /** Which step answers this request; one that is made from the request waits until it is `whole`. */
  next(entry: JournalEntry, whole: Promise<boolean>): Step | Promise<Step>
}

/** Bytes on their way when a connection is reset may be lost with it, so they get this head start. */
const resetDelayMs = 15

/** One connection to a fake upstream: reads requests, one after the other, and does with each what its step says. */
export class FakeConnection {
  readonly #socket: Socket
  readonly #host: ConnectionHost
  readonly #number: number
  readonly #reader = new RequestReader()
  readonly #gone = new AbortController()
  #entry: JournalEntry | undefined
  #ownEnding = false

  constructor(socket: Socket, number: number, host: ConnectionHost) {
    this.#socket = socket
    this.#number = number
    this.#host = host
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#reader.push(bytes))
    socket.on('end', () => this.#peerLeft())
    socket.on('close', () => this.#peerLeft())
    // A reset by the peer is an ordinary way to leave.
    socket.on('error', () => this.#peerLeft())
  }

  /** Ends it from this side. */
  destroy(): void {
    this.#ownEnding = true
    this.#socket.destroy()
  }

  /** Serves it until it ends. */
  async run(): Promise<void> {
    for (let head = await this.#reader.head(); head; head = await this.#reader.head()) {
      if (!(await this.#exchange(head))) return
      this.#entry = undefined
    }
  }

  #peerLeft(): void {
    this.#reader.end()
    if (this.#entry && this.#entry.answeredAt === undefined && !this.#ownEnding)
      this.#entry.abortedAt ??= performance.now()
    this.#gone.abort()
  }

  /** True when another request may follow. */
  async #exchange(head: RequestHead): Promise<boolean> {
    const entry: JournalEntry = {
      ...head,
      connection: this.#number,
      receivedAt: performance.now(),
      body: '',
      bytes: 0,
      answeredAt: undefined,
      abortedAt: undefined,
    }
    this.#entry = entry
    this.#host.journal.push(entry)
    const whole = this.#readBody(head, entry)
    const step = await this.#host.next(entry, whole)
    if (!step.early && !(await whole)) return false
    const goesOn = await this.#perform(step, entry)
    return (await whole) && goesOn
  }

  async #readBody(head: RequestHead, entry: JournalEntry): Promise<boolean> {
    const pieces: Buffer[] = []
    const isWhole = await this.#reader.body(head, (bytes) => {
      pieces.push(bytes)
      entry.bytes += bytes.length
    })
    entry.body = Buffer.concat(pieces).toString('utf8')
    return isWhole
  }

  async #perform(step: Step, entry: JournalEntry): Promise<boolean> {
    if (!(await this.#pause(step.headDelayMs))) return false
    if (step.hangUp) return this.#finish(step.hangUp)
    if (step.raw !== undefined) {
      await this.#write(Buffer.from(step.raw))
      entry.answeredAt = performance.now()
      return this.#finish('end')
    }
    if (!(await this.#write(Buffer.from(headOf(step))))) return false
    return this.#sendContent(step, entry)
  }

  async #sendContent(step: Step, entry: JournalEntry): Promise<boolean> {
    const framing = createFraming(step)
    const tail = Buffer.concat([Buffer.from(framing.end), Buffer.from(step.garbage ?? '')])
    const pieces = piecesOf(step)
    let room = step.cut?.atByte ?? Number.POSITIVE_INFINITY
    for (let piece = pieces.next(); !piece.done; ) {
      const { delayMs, bytes } = piece.value
      if (!(await this.#pause(delayMs))) return false
      const framed = framing.frame(bytes, Math.min(bytes.length, room))
      if (step.cut && bytes.length >= room) return (await this.#write(framed)) && this.#finish(step.cut.by)
      room -= bytes.length
      piece = pieces.next()
      // The end goes out with the last piece: a peer that has all it wants may leave before another write.
      const endsHere = piece.done && step.endDelayMs === undefined
      if (endsHere) entry.answeredAt = performance.now()
      if (!(await this.#write(endsHere ? Buffer.concat([framed, tail]) : framed))) return false
    }
    if (entry.answeredAt === undefined) {
      if (!(await this.#pause(step.endDelayMs))) return false
      entry.answeredAt = performance.now()
      if (!(await this.#write(tail))) return false
    }
    return framing.keepsAlive || this.#finish('end')
  }

  /** Waits; false when the peer went away meanwhile. */
  async #pause(delayMs: Delay = 0): Promise<boolean> {
    const { signal } = this.#gone
    if (signal.aborted) return false
    if (delayMs === 'forever') await once(signal, 'abort')
    else if (delayMs > 0) await setTimeout(delayMs, undefined, { signal }).catch(() => {})
    return !signal.aborted
  }

  /** Writes, waits until there is room for more, and lets a peer in the same process read; false when it went away. */
  async #write(bytes: Buffer): Promise<boolean> {
    const { signal } = this.#gone
    if (bytes.length === 0) return !signal.aborted
    if (signal.aborted || this.#socket.destroyed) return false
    if (!this.#socket.write(bytes)) await once(this.#socket, 'drain', { signal }).catch(() => {})
    await setImmediate()
    return !signal.aborted
  }

  async #finish(how: Ending): Promise<false> {
    this.#ownEnding = true
    if (how === 'end') this.#socket.end()
    else {
      await this.#pause(resetDelayMs)
      // A reset while the system still says goodbye is refused by it, and then the socket is never closed.
      if (this.#socket.writableEnded) this.#socket.destroy()
      else this.#socket.resetAndDestroy()
    }
    return false
  }
}
