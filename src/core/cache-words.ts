import type { CacheWish } from './call.ts'
import type { KeyCache } from './key-cache.ts'

/** What a caller may wish of answers from memory, in one word. */
export const cacheWords = ['off', 'read', 'exact', 'semantic'] as const

export type CacheWord = (typeof cacheWords)[number]

const wishes: Readonly<Record<CacheWord, CacheWish>> = {
  off: { read: false, keep: false, semantic: false },
  read: { keep: false },
  exact: { semantic: false },
  semantic: { semantic: true },
}

/** What the word stands for: neither given nor kept; given, not kept; equal questions only; as far as the model goes. */
export const wishOfWord = (word: CacheWord): CacheWish => wishes[word]

/** A wish, as far as it may go: nobody has more of memory than its key allows. */
export const wishWithin = (wish: CacheWish | undefined, most: KeyCache | undefined): CacheWish | undefined => {
  if (most === undefined || most === 'semantic') return wish
  if (most === 'off') return wishes.off
  return wish === undefined ? wishes.exact : { ...wish, semantic: false }
}

/** What `cache-control` of a request says of it; what is not understood, or not about us, is passed over. */
export const wishOfControl = (value: string): CacheWish | undefined => {
  const said = value.split(',').map((each) => each.trim().toLowerCase())
  const wish: { read?: boolean; keep?: boolean; maxAgeMs?: number } = {}
  for (const directive of said) {
    if (directive === 'no-store') wish.keep = false
    else if (directive === 'no-cache') wish.read = false
    const [, seconds] = /^max-age="?(\d{1,9})"?$/.exec(directive) ?? []
    if (seconds !== undefined) wish.maxAgeMs = Math.min(wish.maxAgeMs ?? Infinity, Number(seconds) * 1000)
  }
  return Object.keys(wish).length === 0 ? undefined : wish
}

/** Both at once: what either does not want is not done. */
export const bothWishes = (one: CacheWish | undefined, other: CacheWish | undefined): CacheWish | undefined =>
  one && other ? { ...one, ...other } : (one ?? other)
