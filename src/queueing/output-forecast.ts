/** How much an answer is expected to say, in tokens. */
export interface Forecast {
  readonly mean: number
  readonly variance: number
  readonly p95: number
}

const kept = 128
const fewest = 8
/** What is expected where nothing is known: most answers are shorter. */
const unknown: Forecast = { mean: 512, variance: 256 * 256, p95: 1_024 }
/** At least so many are remembered, and at most twice as many. */
const mostYoung = 500

/** The latest outputs of one kind. */
class Recent {
  readonly #outputs = new Float64Array(kept)
  #next = 0
  #count = 0
  #sum = 0
  #squares = 0
  #forecast: Forecast | undefined
  /** Outputs since the percentile was worked out. */
  #since = 0

  add(output: number): void {
    const before = this.#outputs[this.#next] as number
    if (this.#count === kept) {
      this.#sum -= before
      this.#squares -= before * before
    } else this.#count++
    this.#outputs[this.#next] = output
    this.#next = (this.#next + 1) % kept
    this.#sum += output
    this.#squares += output * output
    if (++this.#since >= fewest) this.#forecast = undefined
  }

  /** Undefined: too little is known. */
  get forecast(): Forecast | undefined {
    if (this.#count < fewest) return undefined
    this.#forecast ??= this.#worked()
    return this.#forecast
  }

  #worked(): Forecast {
    this.#since = 0
    const mean = this.#sum / this.#count
    const sorted = this.#outputs.slice(0, this.#count).sort()
    const p95 = sorted[Math.min(this.#count - 1, Math.ceil(0.95 * this.#count) - 1)] as number
    return { mean, variance: Math.max(0, this.#squares / this.#count - mean * mean), p95 }
  }
}

/** Whose answer it is. */
export interface Asked {
  readonly model: string
  /** Who asks. */
  readonly key: string
}

/** What models said lately, to everybody and to each key by itself; those that were heard of last are remembered. */
export class OutputForecast {
  #young = new Kinds()
  /** Heard of before all of the young; forgotten as soon as there are young ones enough. */
  #old = new Kinds()

  /** No more than `most`, where the caller set a limit. */
  of({ model, key }: Asked, most = Number.POSITIVE_INFINITY): Forecast {
    const known = this.#find(model, key)?.forecast ?? this.#find(model, anybody)?.forecast ?? unknown
    if (known.p95 <= most) return known
    const mean = Math.min(known.mean, most)
    return { mean, variance: Math.min(known.variance, (most - mean) ** 2), p95: most }
  }

  add({ model, key }: Asked, output: number): void {
    this.#recent(model, anybody).add(output)
    this.#recent(model, key).add(output)
  }

  #find(model: string, key: Key): Recent | undefined {
    return this.#young.find(model, key) ?? this.#old.find(model, key)
  }

  /** The one of this kind, as one of the latest that were heard of. */
  #recent(model: string, key: Key): Recent {
    const young = this.#young.find(model, key)
    if (young) return young
    const recent = this.#old.find(model, key) ?? new Recent()
    if (this.#young.size >= mostYoung) {
      this.#old = this.#young
      this.#young = new Kinds()
    }
    this.#young.add(model, key, recent)
    return recent
  }
}

const anybody = undefined
type Key = string | typeof anybody

/** By model and key, so that no name has to be put together to find one. */
class Kinds {
  size = 0
  readonly #models = new Map<string, Map<Key, Recent>>()

  find(model: string, key: Key): Recent | undefined {
    return this.#models.get(model)?.get(key)
  }

  add(model: string, key: Key, recent: Recent): void {
    const keys = this.#models.get(model) ?? new Map<Key, Recent>()
    this.#models.set(model, keys.set(key, recent))
    this.size++
  }
}
