import type { CellName } from './call-cells.ts'
import { grainMs, other } from './call-cells.ts'
import { addFigures, type CallFigures, noFigures } from './call-figures.ts'
import type { FiguresQuery, FiguresReport, NamedFigures } from './call-store.ts'

/** A stretch of time that was widened to whole steps. */
export const wholeSteps = ({ from, to, step }: Pick<FiguresQuery, 'from' | 'to' | 'step'>) => {
  const ms = grainMs[step]
  return { from: Math.floor(from / ms) * ms, to: Math.ceil(to / ms) * ms }
}

/** Is a cell one of those that are asked for? */
export const isWanted = (name: CellName, { model, provider, team, key }: FiguresQuery['where']): boolean =>
  (model === undefined || name.model === model) &&
  (team === undefined || name.team === team) &&
  (key === undefined || name.key === key) &&
  (provider === undefined || name.target.startsWith(`${provider}/`))

/** Gathers cells into a report, in whatever order they come. */
export interface Gathering {
  /** `addTo` adds the figures of the cell to others. */
  add(at: number, name: CellName, addTo: (figures: CallFigures) => void): void
  report(): FiguresReport
}

/** A gathering of the cells that a query is about; what it is given must be wanted. */
export const gatherFigures = (query: FiguresQuery): Gathering => {
  const points = new Map<number, CallFigures>()
  const models = new Map<string, CallFigures>()
  const targets = new Map<string, CallFigures>()
  return {
    add: (at, name, addTo) => {
      addTo(under(points, at))
      addTo(under(models, name.model))
      if (name.target !== '') addTo(under(targets, name.target))
    },
    report: () => {
      const total = noFigures()
      for (const figures of points.values()) addFigures(total, figures)
      return {
        ...wholeSteps(query),
        total,
        points: [...points].map(([at, figures]) => ({ at, figures })).sort((one, next) => one.at - next.at),
        models: byCalls(models),
        targets: byCalls(targets),
      }
    },
  }
}

const under = <Key>(known: Map<Key, CallFigures>, key: Key): CallFigures => {
  let figures = known.get(key)
  if (!figures) {
    figures = noFigures()
    known.set(key, figures)
  }
  return figures
}

/** Those that are used most first; names that were not told apart have one of their own. */
const byCalls = (known: ReadonlyMap<string, CallFigures>): NamedFigures[] =>
  [...known]
    .map(([name, figures]) => ({ name: name === other ? '(others)' : name, figures }))
    .sort((one, next) => weightOf(next.figures) - weightOf(one.figures) || (one.name < next.name ? -1 : 1))

const weightOf = ({ counts }: CallFigures): number => counts.calls + counts.attempts
