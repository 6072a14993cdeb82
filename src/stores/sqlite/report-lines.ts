import { matches, readLine } from '../matching-line.ts'
import { type LinePlan, planLines } from '../report-plan.ts'
import type { LineQuery } from '../store.ts'
import type { Session } from './session.ts'

/** More text than this is not looked through for one question: about a second's work. */
const mostText = 256 * 1024 * 1024

const newestFirst =
  'SELECT lines, to_at AS toAt FROM blocks WHERE to_at >= ? AND from_at < ? ORDER BY to_at DESC, id DESC'

interface Found {
  readonly at: number
  readonly text: string
}

/** Looks for single lines, newest first, in the reading thread, through 256 MiB of them at most. */
export const createFindLines = ({ database }: Session) => {
  const blocks = database.prepare<[number, number], { lines: string; toAt: number }>(newestFirst)
  return (query: LineQuery): readonly string[] => {
    const plan = planLines(query)
    const { limit, stretch } = plan
    if (limit === 0 || stretch.from >= stretch.to) return []
    const isIn = createMention(plan)
    let found: Found[] = []
    let read = 0
    for (const { lines, toAt } of blocks.iterate(stretch.from, stretch.to)) {
      if (found.length >= limit) {
        found = newest(found, limit)
        // Blocks of several processes overlap; what comes now is older than all that is needed.
        if (toAt < (found.at(-1) as Found).at) break
      }
      if (isIn(lines)) for (const line of linesOf(lines, plan, isIn)) found.push(line)
      read += lines.length
      if (read > mostText) break
    }
    return newest(found, limit).map(({ text }) => text)
  }
}

/** Most blocks and lines can be ruled out without parsing: the text of a name must be in them. */
const createMention = ({ conditions, scoped }: LinePlan): ((text: string) => boolean) => {
  const exact = conditions.filter(({ key }) => key !== 'provider').map(({ name }) => JSON.stringify(name))
  const parts = scoped.filter(({ key }) => key !== 'tag').map(({ name }) => JSON.stringify(name))
  const needles = [...exact, ...parts].filter((needle) => needle !== '""')
  return (text) => needles.every((needle) => text.includes(needle))
}

const linesOf = (lines: string, plan: LinePlan, isIn: (text: string) => boolean): Found[] => {
  const found: Found[] = []
  for (const text of lines.split('\n')) {
    if (text === '' || !isIn(text)) continue
    const line = readLine(text)
    if (line && matches(line, plan)) found.push({ at: line.at, text })
  }
  return found.reverse()
}

const newest = (found: readonly Found[], limit: number): Found[] =>
  found.toSorted((one, other) => other.at - one.at).slice(0, limit)
