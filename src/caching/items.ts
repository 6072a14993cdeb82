import type { Answer } from '../core/answer.ts'
import type { CacheRules } from '../core/cache-rules.ts'
import type { CacheNote, Call } from '../core/call.ts'
import type { Clock } from '../core/clock.ts'
import type { EmbedInput } from '../core/embed.ts'
import { GatewayError } from '../core/errors.ts'
import { cacheScopeOf, type FingerprintOptions, identityOf } from '../core/fingerprint.ts'
import type { Handler } from '../core/handler.ts'
import { targetNamed } from '../core/replay.ts'
import { reviseInputs } from '../core/request.ts'
import type { AnswerCache, CacheEntry } from '../stores/store.ts'
import { VectorGathering } from './gathered-vectors.ts'
import { joined } from './joined-vectors.ts'
import { entryNow, freshUntil } from './keep-answer.ts'
import { wasAnswered } from './keeper.ts'
import { decodeVector, encodeVector, type KeptVector } from './kept-vector.ts'

export interface ItemsTask {
  readonly answers: AnswerCache
  readonly clock: Clock
  readonly random: () => number
  readonly rules: CacheRules
  readonly next: Handler<Call>
  readonly call: Call
}

/**
 * Answers a request for vectors, each input for itself: what was asked before comes from memory, and only the rest is
 * asked for, in one request.
 */
export const answerItems = (task: ItemsTask, naming: FingerprintOptions, keys: readonly string[]): Promise<Answer> =>
  new Items(task, naming, keys).answer()

/** A vector that was found, and when it was kept. */
interface Known extends KeptVector {
  readonly storedAt: number
}

type Found = CacheEntry | undefined

class Items {
  readonly #task: ItemsTask
  readonly #naming: FingerprintOptions
  readonly #keys: readonly string[]
  readonly #inputs: readonly EmbedInput[]

  constructor(task: ItemsTask, naming: FingerprintOptions, keys: readonly string[]) {
    this.#task = task
    this.#naming = naming
    this.#keys = keys
    this.#inputs = task.call.request.embed?.inputs ?? []
  }

  answer(): Promise<Answer> {
    const { call, answers } = this.#task
    if (call.cacheWish?.read === false) return this.#askAll({ outcome: 'off' })
    const scope = cacheScopeOf(call.caller, this.#naming.scope)
    const found = new Map<string, Found | Promise<Found>>()
    let waits = false
    for (const key of this.#keys) {
      if (found.has(key)) continue
      const entry = answers.find(key, scope)
      if (entry instanceof Promise) waits = true
      found.set(key, entry)
    }
    if (!waits) return this.#answerFrom(found as ReadonlyMap<string, Found>)
    return Promise.all([...found].map(async ([key, entry]) => [key, await entry] as const)).then((entries) =>
      this.#answerFrom(new Map(entries)),
    )
  }

  #answerFrom(found: ReadonlyMap<string, Found>): Promise<Answer> {
    const known = ofOneModel(new Map([...found].map(([key, entry]) => [key, entry && this.#read(entry)])))
    const count = this.#keys.filter((key) => known.has(key)).length
    const items = { known: count, all: this.#keys.length }
    if (count === 0) return this.#askAll({ outcome: 'miss', items })
    const note = noteOf(this.#knownInOrder(known), this.#task.call.startedAt)
    if (count < items.all) return this.#askMissing(known, { ...note, outcome: 'miss', items })
    return Promise.resolve(this.#fromMemory(known, { ...note, outcome: 'hit', items }))
  }

  /** Undefined: it is too old, or cannot be read. */
  #read(entry: CacheEntry): Known | undefined {
    const { call, rules, answers } = this.#task
    const { maxAgeMs } = call.cacheWish ?? {}
    if (call.startedAt >= freshUntil(entry, rules)) return undefined
    if (maxAgeMs !== undefined && call.startedAt - entry.storedAt >= maxAgeMs) return undefined
    const kept = decodeVector(entry.value)
    if (kept) return { ...kept, storedAt: entry.storedAt }
    answers.purge({ key: entry.key }).catch(() => undefined)
    return undefined
  }

  #knownInOrder(known: ReadonlyMap<string, Known>): readonly Known[] {
    return this.#keys.map((key) => known.get(key)).filter((vector) => vector !== undefined)
  }

  #fromMemory(known: ReadonlyMap<string, Known>, note: CacheNote): Answer {
    const { call, clock } = this.#task
    const vectors = this.#knownInOrder(known)
    call.notes.firstTokenAt = clock.now()
    call.notes.cache = { ...note, savedMs: Math.max(...vectors.map(({ durationMs }) => durationMs)) }
    return joined(vectors, { target: targetNamed(vectors[0]?.target ?? ''), headers: {} })
  }

  /** The request goes on as it came, and so does its answer. */
  async #askAll(note: CacheNote): Promise<Answer> {
    const { call, next } = this.#task
    call.notes.cache = note
    const answer = await next({ ...call, identity: identityOf(call, this.#naming) })
    return answer.watch(this.#gathering(answer, this.#inputs, (vectors) => this.#keep(this.#keys, vectors)))
  }

  async #askMissing(known: ReadonlyMap<string, Known>, note: CacheNote): Promise<Answer> {
    const { call, next } = this.#task
    const missing = new Map<string, EmbedInput>()
    for (const [index, key] of this.#keys.entries())
      if (!known.has(key)) missing.set(key, this.#inputs[index] as EmbedInput)
    const asked: Call = { ...call, request: reviseInputs(call.request, [...missing.values()]) }
    call.notes.cache = note
    const answer = await next({ ...asked, identity: identityOf(asked, this.#naming) })
    const fresh = await this.#gathered(answer, [...missing.values()])
    this.#keep([...missing.keys()], fresh)
    // Vectors of two models say nothing together.
    if (fresh[0] && isOtherModel(fresh[0], known))
      return this.#askAll({ outcome: 'miss', items: { known: 0, all: this.#keys.length } })
    const all = new Map<string, KeptVector>(known)
    for (const [index, key] of [...missing.keys()].entries()) all.set(key, fresh[index] as KeptVector)
    return joined(
      this.#keys.map((key) => all.get(key) as KeptVector),
      answer.head,
    )
  }

  /** Reads an answer to its end. */
  async #gathered(answer: Answer, inputs: readonly EmbedInput[]): Promise<readonly KeptVector[]> {
    let gathered: readonly KeptVector[] | undefined
    answer.watch(
      this.#gathering(answer, inputs, (vectors) => {
        gathered = vectors
      }),
    )
    while ((await answer.pull()) !== undefined);
    if (gathered) return gathered
    const message = `${answer.head.target.id} did not answer with a vector for each input.`
    throw new GatewayError('upstream_garbled', message, { outcome: 'malformed' })
  }

  #gathering(
    answer: Answer,
    inputs: readonly EmbedInput[],
    gathered: (vectors: readonly KeptVector[]) => void,
  ): VectorGathering {
    const { call, clock } = this.#task
    return new VectorGathering({ call, embed: { inputs }, target: answer.head.target.id, clock, gathered })
  }

  #keep(keys: readonly string[], vectors: readonly KeptVector[]): void {
    const { call, rules, random, answers } = this.#task
    // Who was answered together with somebody else leaves it to that one.
    if (call.cacheWish?.keep === false || !wasAnswered(call)) return
    const identity = { scope: cacheScopeOf(call.caller, this.#naming.scope), model: this.#naming.route.name }
    const lasting = { ttlMs: rules.ttlMs, staleMs: 0 }
    for (const [key, vector] of new Map(keys.map((key, index) => [key, vectors[index] as KeptVector])))
      answers.put(entryNow(call, { ...identity, key }, { value: encodeVector(vector), rules: lasting, random }))
  }
}

const modelOf = ({ target }: KeptVector): string => target.slice(target.indexOf('/') + 1)

const isOtherModel = (vector: KeptVector, known: ReadonlyMap<string, Known>): boolean => {
  for (const each of known.values()) return modelOf(each) !== modelOf(vector)
  return false
}

/** Those that the model made that made most of them: vectors of two models say nothing together. */
const ofOneModel = (found: ReadonlyMap<string, Known | undefined>): ReadonlyMap<string, Known> => {
  const byModel = new Map<string, Map<string, Known>>()
  for (const [key, vector] of found) {
    if (!vector) continue
    const model = modelOf(vector)
    byModel.set(model, (byModel.get(model) ?? new Map<string, Known>()).set(key, vector))
  }
  let most: ReadonlyMap<string, Known> = new Map()
  for (const vectors of byModel.values()) if (vectors.size > most.size) most = vectors
  return most
}

const noteOf = (vectors: readonly Known[], now: number): Omit<CacheNote, 'outcome'> => {
  let savedNanos: bigint | undefined = 0n
  let storedAt = now
  for (const vector of vectors) {
    savedNanos = savedNanos === undefined || vector.costNanos === undefined ? undefined : savedNanos + vector.costNanos
    storedAt = Math.min(storedAt, vector.storedAt)
  }
  const target = vectors[0]?.target
  const isOfOne = vectors.every((vector) => vector.target === target)
  return {
    ageMs: now - storedAt,
    ...(target !== undefined && isOfOne && { target }),
    ...(savedNanos !== undefined && { savedNanos }),
  }
}
