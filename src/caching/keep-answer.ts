import type { Answer, Form } from '../core/answer.ts'
import type { CacheRules } from '../core/cache-rules.ts'
import type { Call } from '../core/call.ts'
import type { Reader } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import type { Identity } from '../core/identity.ts'
import { encodeKept } from '../core/kept-bytes.ts'
import type { AnswerCache, CacheEntry } from '../stores/store.ts'
import { watchToKeep } from './keeper.ts'

/** With what answers are kept. */
export interface Keeping {
  readonly answers: AnswerCache
  readonly clock: Clock
  readonly random: () => number
  reader(wire: string, form: Form): Reader | undefined
}

/** Nothing is kept for longer, whatever is configured. */
const mostMs = 30 * 24 * 3_600_000

/** A whole part of the time that answers are kept is by chance, so that those kept together do not expire together. */
const jitter = 0.1

type Lasting = Pick<CacheRules, 'ttlMs' | 'staleMs'>

/** An entry of the answers that are kept, as it is put now. */
export const entryNow = (
  call: Call,
  identity: Identity,
  { value, rules, random }: { readonly value: Uint8Array; readonly rules: Lasting; readonly random: () => number },
): CacheEntry => {
  const storedAt = Date.now()
  const freshMs = Math.min(mostMs, rules.ttlMs * (1 - jitter + 2 * jitter * random()))
  return {
    key: identity.key,
    scope: identity.scope,
    model: identity.model,
    owner: call.caller.key,
    tags: call.caller.tags ?? {},
    storedAt,
    freshUntil: storedAt + freshMs,
    expiresAt: storedAt + Math.min(mostMs, freshMs + rules.staleMs),
    value,
    likeness: call.likeness,
  }
}

/** Until when a kept answer is fresh by these rules, which may be stricter by now than when it was kept. */
export const freshUntil = (
  { storedAt, freshUntil: until }: Pick<CacheEntry, 'storedAt' | 'freshUntil'>,
  { ttlMs }: Lasting,
): number => Math.min(until, storedAt + ttlMs * (1 + jitter))

/** Keeps the answer to a call under its identity, if it comes to be whole and good. */
export const keepAnswer = (
  answer: Answer,
  { call, identity, rules }: { readonly call: Call; readonly identity: Identity; readonly rules: CacheRules },
  { answers, clock, random, reader }: Keeping,
): Answer =>
  watchToKeep(answer, {
    call,
    toolCalls: rules.toolCalls,
    clock,
    reader,
    kept: (kept) => answers.put(entryNow(call, identity, { value: encodeKept(kept), rules, random })),
  })
