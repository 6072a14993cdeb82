import type { Answer } from './answer.ts'
import type { Call } from './call.ts'
import { asGatewayError, type GatewayError } from './errors.ts'
import type { Handler } from './handler.ts'
import type { StopListener } from './stop.ts'

/** How a promise is settled. */
interface Settle {
  resolve(answer: Answer | Promise<Answer>): void
  reject(error: GatewayError): void
}

/** What passengers are on. */
export interface Boarded {
  /** This one is to stop, before anything has begun for it. */
  left(passenger: Passenger, reason: GatewayError): void
}

/** One of those who wait for the same answer: its own time, its own end. */
export class Passenger implements StopListener {
  readonly call: Call
  readonly #flight: Boarded
  readonly #settle: Settle

  constructor(flight: Boarded, call: Call, settle: Settle) {
    this.#flight = flight
    this.call = call
    this.#settle = settle
    call.signal.addEventListener('abort', this)
  }

  /** It is to stop. */
  handleEvent(): void {
    this.#flight.left(this, asGatewayError(this.call.signal.reason))
  }

  /** From here on its answer is what is stopped. */
  begin(answer: Answer): void {
    this.#over()
    this.#settle.resolve(answer)
  }

  refuse(error: GatewayError): void {
    this.#over()
    this.#settle.reject(error)
  }

  /** What came is not for it: it asks for itself. */
  goOn(next: Handler<Call>): void {
    this.#over()
    try {
      this.#settle.resolve(next(this.call))
    } catch (thrown) {
      this.#settle.reject(asGatewayError(thrown))
    }
  }

  #over(): void {
    this.call.signal.removeEventListener('abort', this)
  }
}
