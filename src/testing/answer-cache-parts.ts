import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type AnswerCacheOptions, createAnswerCache } from '../stores/cache-tiers.ts'
import type { AnswerCache, CacheEntry } from '../stores/store.ts'

/** An answer cache under test, with its clock and what it warned of. */
export interface AnswersUnderTest {
  readonly cache: AnswerCache
  readonly clock: { now: number }
  readonly warnings: { readonly message: string; readonly facts: Readonly<Record<string, unknown>> }[]
  close(): Promise<void>
}

/** A moment at which the clocks of tests stand. */
export const someTime = 1_800_000_000_000

/** An entry of which only some is said. */
export const entryWith = (entry: Partial<CacheEntry> = {}): CacheEntry => ({
  key: 'key-one',
  scope: 'team:shop',
  model: 'fast',
  owner: 'vk_one',
  tags: {},
  storedAt: someTime,
  freshUntil: someTime + 60_000,
  expiresAt: someTime + 120_000,
  value: Buffer.from(`the answer to ${entry.key ?? 'key-one'}`).subarray(),
  ...entry,
})

/** What an entry says, without what kind of memory holds it. */
export const plainEntry = (entry: CacheEntry | undefined) =>
  entry && {
    ...entry,
    value: Buffer.from(entry.value).toString('base64'),
    ...(entry.likeness ? { likeness: { ...entry.likeness, vector: [...entry.likeness.vector] } } : {}),
  }

/** Opens answers with a clock of their own. */
export const openAnswers = async (options: Partial<AnswerCacheOptions> = {}): Promise<AnswersUnderTest> => {
  const clock = { now: someTime }
  const warnings: { message: string; facts: Readonly<Record<string, unknown>> }[] = []
  const cache = await createAnswerCache({
    memoryBytes: 8 * 1_048_576,
    now: () => clock.now,
    warn: (message, facts) => warnings.push({ message, facts }),
    ...options,
  })
  return { cache, clock, warnings, close: () => cache.close() }
}

/** Does the work with a folder that is gone afterwards. */
export const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-answers-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Waits until something holds. */
export const holds = async (isTrue: () => boolean | Promise<boolean>, withinMs = 8_000): Promise<void> => {
  const end = performance.now() + withinMs
  while (!(await isTrue())) {
    assert.ok(performance.now() < end, 'it holds in time')
    await wait(5)
  }
}

/** Looks for an entry that must be there: a disk that is late is asked again. */
export const mustFind = async (cache: AnswerCache, key: string, scope = 'team:shop'): Promise<CacheEntry> => {
  let found: CacheEntry | undefined
  await holds(async () => {
    found = await cache.find(key, scope)
    return found !== undefined
  })
  return found as CacheEntry
}
