import type { Claimed, IdempotencyStore, KeyedCall } from '../store.ts'

export interface MemoryIdempotencyOptions {
  /** Unix milliseconds; where it goes back, time stands still. */
  readonly now: () => number
  /** Default 64 MiB. */
  readonly mostBytes?: number | undefined
  /** Default 50 000. */
  readonly mostAnswers?: number | undefined
}

/** One of those that share the memory, as if it were a process; another one after it was taken for dead. */
interface Member {
  isAlive: boolean
}

interface Row extends KeyedCall {
  readonly fence: number
  readonly member: Member
  until: number
  /** Undefined: under way. */
  answer: Uint8Array | undefined
}

/** The answers of one caller, the oldest first. */
interface Owner {
  readonly answers: Map<number, Row>
  bytes: number
}

/** What all stores of one memory know of calls with a key. */
export class MemoryIdempotency {
  readonly #now: () => number
  readonly #mostBytes: number
  readonly #mostAnswers: number
  readonly #rows = new Map<string, Row>()
  readonly #underWay = new Map<number, Row>()
  readonly #owners = new Map<string, Owner>()
  #latest = 0
  #lastFence = 0
  #bytes = 0
  #answers = 0

  constructor({ now, mostBytes = 64 * 1024 * 1024, mostAnswers = 50_000 }: MemoryIdempotencyOptions) {
    this.#now = now
    this.#mostBytes = mostBytes
    this.#mostAnswers = mostAnswers
  }

  /** One more that shares it. `fence`: its claims are free again, as those of a process that is gone. */
  open(): { readonly store: IdempotencyStore; fence(): void } {
    let member: Member = { isAlive: true }
    const store: IdempotencyStore = {
      claim: async (call) => this.#claim(call, member),
      finish: async (fence, answer, keepMs) => this.#finish(fence, answer, keepMs),
      free: async (fence) => {
        const row = this.#underWay.get(fence)
        if (row) this.#forget(row)
      },
    }
    return {
      store,
      fence: () => {
        member.isAlive = false
        member = { isAlive: true }
      },
    }
  }

  #claim(call: KeyedCall, member: Member): Claimed {
    const now = this.#time()
    const found = this.#rows.get(call.name)
    if (found && found.until > now && (found.answer || found.member.isAlive)) {
      if (found.asked !== call.asked) return { kind: 'mismatch' }
      return found.answer ? { kind: 'done', answer: new Uint8Array(found.answer) } : { kind: 'running' }
    }
    if (found) this.#forget(found)
    const fence = ++this.#lastFence
    const row: Row = { ...call, fence, member, until: now + call.leaseMs, answer: undefined }
    this.#rows.set(call.name, row)
    this.#underWay.set(fence, row)
    return { kind: 'mine', fence }
  }

  #finish(fence: number, answer: Uint8Array, keepMs: number): boolean {
    const row = this.#underWay.get(fence)
    if (!row) return false
    this.#underWay.delete(fence)
    const now = this.#time()
    row.answer = new Uint8Array(answer)
    row.until = now + keepMs
    for (const old of this.#owners.get(row.owner)?.answers.values() ?? []) {
      if (old.until > now) break
      this.#forget(old)
    }
    const owner = this.#owners.get(row.owner) ?? { answers: new Map(), bytes: 0 }
    this.#owners.set(row.owner, owner)
    owner.answers.set(fence, row)
    owner.bytes += answer.byteLength
    this.#bytes += answer.byteLength
    this.#answers++
    this.#makeRoom()
    return true
  }

  /** The oldest of who has the most go first. */
  #makeRoom(): void {
    while (this.#bytes > this.#mostBytes || this.#answers > this.#mostAnswers) {
      const owners = [...this.#owners.values()]
      const isOver = this.#bytes > this.#mostBytes
      const sizeOf = (each: Owner): number => (isOver ? each.bytes : each.answers.size)
      const largest = owners.reduce((one, other) => (sizeOf(other) > sizeOf(one) ? other : one))
      const [oldest] = largest.answers.values()
      if (!oldest) return
      this.#forget(oldest)
    }
  }

  #forget(row: Row): void {
    if (this.#rows.get(row.name) === row) this.#rows.delete(row.name)
    this.#underWay.delete(row.fence)
    const owner = this.#owners.get(row.owner)
    if (!row.answer || !owner?.answers.delete(row.fence)) return
    owner.bytes -= row.answer.byteLength
    this.#bytes -= row.answer.byteLength
    this.#answers--
    if (owner.answers.size === 0) this.#owners.delete(row.owner)
  }

  #time(): number {
    this.#latest = Math.max(this.#latest, this.#now())
    return this.#latest
  }
}
