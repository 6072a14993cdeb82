import { Worker } from 'node:worker_threads'
import { GatewayError } from '../../core/errors.ts'
import { errorOf, unusable } from './failures.ts'
import type { Asked, Failure, Said, ThreadData } from './messages.ts'
import type { Procedures, ThreadEvents } from './session.ts'
// So that it is compiled along: it is started by its name only.
import type {} from './thread.ts'

/** A thread with a connection of its own, asked by name. */
export interface Channel<P extends Procedures> {
  /** Fails with `store_unavailable`, or with what the procedure itself refused. */
  call<Name extends keyof P & string>(name: Name, argument: Parameters<P[Name]>[0]): Promise<ReturnType<P[Name]>>
  on<Name extends keyof ThreadEvents>(name: Name, listener: (value: ThreadEvents[Name]) => void): void
  /** Waits for what was asked before, lets the thread finish, and ends it. */
  close(): Promise<void>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

const threadFile = new URL(`./thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** A thread that has still to open its connection. */
export interface StartedThread<P extends Procedures> extends Pick<Channel<P>, 'on'> {
  /** Fails with a sentence for operators. */
  open(): Promise<Channel<P>>
}

/** Starts a thread: it gets ready while others open the file. */
export const startThread = <P extends Procedures>(data: ThreadData): StartedThread<P> => new ThreadChannel<P>(data)

class ThreadChannel<P extends Procedures> implements Channel<P>, StartedThread<P> {
  readonly #worker: Worker
  readonly #path: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Map<string, (value: never) => void>()
  readonly #ended: Promise<void>
  #opening: Waiting | undefined
  #closing: Failure | undefined
  #closed: Promise<void> | undefined
  #gone: GatewayError | undefined
  #last = 0

  constructor(data: ThreadData) {
    this.#path = data.path
    // Options of the main thread, such as an input type, would keep it from starting.
    this.#worker = new Worker(threadFile, {
      workerData: data,
      execArgv: [],
      name: `store ${data.role}`,
      // Batches live for milliseconds: a larger nursery would only stand in memory.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    })
    this.#worker.on('message', (said: Said) => this.#hear(said))
    this.#worker.on('error', (error) => this.#end(error))
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#end(undefined)
        resolve()
      })
    })
  }

  open(): Promise<Channel<P>> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve: () => resolve(this), reject }
      this.#post('open')
    })
  }

  call<Name extends keyof P & string>(name: Name, argument: Parameters<P[Name]>[0]): Promise<ReturnType<P[Name]>> {
    if (this.#gone) return Promise.reject(this.#gone)
    if (this.#closed) return Promise.reject(closedError())
    return new Promise<unknown>((resolve, reject) => {
      const id = ++this.#last
      // A store that nobody waits for does not keep the process alive.
      if (this.#waiting.size === 0) this.#worker.ref()
      this.#waiting.set(id, { resolve, reject })
      this.#post({ id, name, argument })
    }) as Promise<ReturnType<P[Name]>>
  }

  on<Name extends keyof ThreadEvents>(name: Name, listener: (value: ThreadEvents[Name]) => void): void {
    this.#listeners.set(name, listener)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    if (!this.#gone) {
      this.#worker.ref()
      this.#post('close')
    }
    await this.#ended
    if (this.#closing) throw errorOf(this.#closing, this.#path)
  }

  #post(asked: Asked): void {
    this.#worker.postMessage(asked)
  }

  #hear(said: Said): void {
    if (said.kind === 'event') this.#listeners.get(said.name)?.(said.value as never)
    else if (said.kind === 'closed') this.#closing = said.failure
    else if (said.kind === 'ready' || said.kind === 'unusable') this.#begin(said)
    else this.#answer(said)
  }

  #begin(said: Extract<Said, { kind: 'ready' | 'unusable' }>): void {
    if (said.kind === 'ready') this.#opening?.resolve(undefined)
    else this.#opening?.reject(unusable(said.failure, this.#path))
    this.#opening = undefined
    this.#worker.unref()
  }

  #answer(said: Extract<Said, { kind: 'done' | 'failed' }>): void {
    const waiting = this.#waiting.get(said.id)
    this.#waiting.delete(said.id)
    if (this.#waiting.size === 0 && !this.#closed) this.#worker.unref()
    if (said.kind === 'done') waiting?.resolve(said.value)
    else waiting?.reject(errorOf(said.failure, this.#path))
  }

  #end(cause: unknown): void {
    this.#gone ??= cause === undefined ? closedError() : goneError(cause)
    this.#opening?.reject(this.#gone)
    for (const waiting of this.#waiting.values()) waiting.reject(this.#gone)
    this.#waiting.clear()
  }
}

/** The answer to whoever asks too late. */
export const closedError = (): GatewayError => new GatewayError('store_unavailable', 'The store is closed.')

const goneError = (cause: unknown): GatewayError =>
  new GatewayError('store_unavailable', 'The store stopped working; the gateway must be started anew.', { cause })
