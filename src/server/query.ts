import { invalid } from '../core/errors.ts'

/** The query of a target; of a name that is there more than once, the first value. */
export const queryOf = (target: string): ReadonlyMap<string, string> => {
  const mark = target.indexOf('?')
  const query = new Map<string, string>()
  if (mark === -1) return query
  for (const [name, value] of new URLSearchParams(target.slice(mark))) if (!query.has(name)) query.set(name, value)
  return query
}

/** How many are wanted in a list: no more than `most`, whatever is asked for. Throws `invalid_request`. */
export const limitIn = (query: ReadonlyMap<string, string>, usual: number, most: number): number => {
  const said = query.get('limit')
  if (said === undefined) return usual
  if (!/^[1-9]\d{0,8}$/.test(said)) throw invalid('limit', 'must be a whole number, at least 1')
  return Math.min(most, Number(said))
}

/** Which of some words stands in a query; undefined: none. Throws `invalid_request` for another. */
export const wordIn = <T extends string>(
  query: ReadonlyMap<string, string>,
  name: string,
  words: readonly T[],
): T | undefined => {
  const said = query.get(name)
  const word = words.find((each) => each === said)
  if (said !== undefined && word === undefined) throw invalid(name, `must be ${words.join(' or ')}`)
  return word
}
