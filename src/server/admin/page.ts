import { invalid } from '../../core/errors.ts'

/** What a list is asked for. */
export interface PageWish {
  readonly cursor?: string | undefined
  readonly limit: number
}

/** A part of a list; without `next` it is the last. */
export interface PageOf<T> {
  readonly data: T[]
  readonly next?: string | undefined
}

const encode = (text: string): string => Buffer.from(text).toString('base64url')
const decode = (cursor: string): string => Buffer.from(cursor, 'base64url').toString()

/** The part of a list after the name that the cursor stands for; ordered by name, so that changes do not shift it. */
export const pageByName = <T>(items: readonly T[], nameOf: (item: T) => string, wish: PageWish): PageOf<T> => {
  const after = wish.cursor === undefined ? undefined : decode(wish.cursor)
  const sorted = items
    .map((item) => ({ item, name: nameOf(item) }))
    .filter(({ name }) => after === undefined || name > after)
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  const shown = sorted.slice(0, wish.limit)
  const last = shown.at(-1)
  const data = shown.map(({ item }) => item)
  return last && sorted.length > shown.length ? { data, next: encode(last.name) } : { data }
}

/** Where a list by time, newest first, goes on: things of the same millisecond are told apart by their number. */
interface Place {
  /** Unix milliseconds; nothing newer is shown again. */
  readonly at: number
  /** How many of that millisecond were shown. */
  readonly shown: number
}

const mostOfOneMoment = 10_000

const placeOf = (cursor: string): Place => {
  const [, at, shown] = /^(\d{1,15})-(\d{1,5})$/.exec(decode(cursor)) ?? []
  if (at === undefined || Number(shown) > mostOfOneMoment) throw invalid('cursor', 'is not one of a page before')
  return { at: Number(at), shown: Number(shown) }
}

export interface TimeList<T> {
  /** The newest ones before a moment (Unix milliseconds, not included; undefined: all), at most so many. */
  read(before: number | undefined, limit: number): Promise<readonly T[]>
  timeOf(item: T): number
}

/** A part of a list that is ordered by time, newest first. Throws `invalid_request` for a cursor that is none. */
export const pageByTime = async <T>({ read, timeOf }: TimeList<T>, wish: PageWish): Promise<PageOf<T>> => {
  const place = wish.cursor === undefined ? undefined : placeOf(wish.cursor)
  const skipped = place?.shown ?? 0
  const found = await read(place === undefined ? undefined : place.at + 1, skipped + wish.limit + 1)
  const data = found.slice(skipped, skipped + wish.limit)
  const last = data.at(-1)
  if (!last || found.length <= skipped + wish.limit) return { data }
  const at = timeOf(last)
  const shown = data.filter((item) => timeOf(item) === at).length + (place?.at === at ? skipped : 0)
  return { data, next: encode(`${at}-${shown}`) }
}
