import type { Answer } from '../core/answer.ts'
import type { AttemptLine, Call } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import { Stop } from '../core/stop.ts'
import type { Target } from '../core/target.ts'

/** One who is asked, and can be stopped without stopping the call. */
export interface Racer {
  readonly target: Target
  readonly line: AttemptLine
  /** Its own copy of the call: its signal and its diary are its own. */
  readonly call: Call
  readonly answer: Promise<Answer>
  stop(reason: GatewayError): void
}

/** What is asked of one target for a call, or a copy of it. */
export type Asking = (call: Call, target: Target) => { readonly line: AttemptLine; readonly answer: Promise<Answer> }

/** Asks a target in a way that can be stopped alone; it stops with the call too. */
export const enter = (call: Call, target: Target, ask: Asking): Racer => {
  const stop = new Stop()
  const obey = (): void => stop.abort(call.signal.reason)
  if (call.signal.aborted) obey()
  else call.signal.addEventListener('abort', obey, { once: true })
  call.notes.skipped ??= []
  const own: Call = { ...call, signal: stop, notes: { ...call.notes } }
  return { target, ...ask(own, target), call: own, stop: (reason) => stop.abort(reason) }
}

/** How a race ended. */
export interface Won {
  readonly answer: Answer
  readonly winner: Racer
  /** Undefined: nobody else was asked. */
  readonly loser: Racer | undefined
}

/**
 * Waits for the first; when it has not begun in time, asks `second` as well, which may say in how many milliseconds it wants
 * to be asked again. Who begins first is the answer, the other is stopped. When both fail it is the first one's failure
 * that counts.
 */
export const race = (first: Racer, patienceMs: number, second: () => Racer | number | undefined): Promise<Won> =>
  new Promise((resolve, reject) => {
    const racers = [first]
    let failure: GatewayError | undefined
    let running = 0
    let isOver = false
    const end = (): void => {
      isOver = true
      clearTimeout(timer)
    }
    const begun = (winner: Racer, answer: Answer): void => {
      // Both may begin in one turn; nobody reads the later one.
      if (isOver) {
        answer.cancel(lost())
        return
      }
      end()
      const loser = racers.find((racer) => racer !== winner)
      loser?.stop(lost())
      resolve({ answer, winner, loser })
    }
    const failed = (racer: Racer, thrown: unknown): void => {
      running--
      if (racer === first || failure === undefined) failure = asGatewayError(thrown)
      if (running > 0 || isOver) return
      end()
      reject(failure)
    }
    const watch = (racer: Racer): void => {
      running++
      racer.answer.then(
        (answer) => begun(racer, answer),
        (thrown) => failed(racer, thrown),
      )
    }
    const late = (): void => {
      const other = second()
      if (typeof other === 'number') timer = setTimeout(late, other)
      else if (other !== undefined) {
        racers.push(other)
        watch(other)
      }
    }
    let timer = setTimeout(late, patienceMs)
    watch(first)
  })

const lost = (): GatewayError =>
  new GatewayError('cancelled', 'Another target began to answer first.', { outcome: 'cancelled' })
