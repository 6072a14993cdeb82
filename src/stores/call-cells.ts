import type { CallEntry } from '../core/call-entry.ts'
import { addAttempt, addCall, type CallFigures, noFigures } from './call-figures.ts'

/** How long the stretches are that calls are added up by. */
export const grainMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

export type Grain = keyof typeof grainMs

/** Whose figures they are. Empty: none; `other` where there are too many to be told apart. */
export interface CellName {
  readonly model: string
  /** Of the attempts; of calls the one that answered, else the last that was tried. */
  readonly target: string
  readonly team: string
  readonly key: string
}

/** What stands for names beyond those that a stretch tells apart. No name of a caller can be this one. */
export const other = '\u0000other'

export interface Cell {
  readonly name: CellName
  readonly figures: CallFigures
}

/** A cell's name as one text. */
export const cellKey = ({ model, target, team, key }: CellName): string =>
  `${model}\u0001${target}\u0001${team}\u0001${key}`

/** Adds a call to the cells it belongs to: those of the targets that it tried. */
export const addToCells = (cells: Map<string, Cell>, entry: CallEntry): void => {
  const { model, team = '', key } = entry
  const at = (target: string): CallFigures => {
    const name = { model, target, team, key }
    const id = cellKey(name)
    const known = cells.get(id)
    if (known) return known.figures
    const made = { name, figures: noFigures() }
    cells.set(id, made)
    return made.figures
  }
  addCall(at(entry.target ?? entry.attempts.at(-1)?.target ?? ''), entry)
  let before: string | undefined
  for (const attempt of entry.attempts) {
    addAttempt(at(attempt.target), attempt, before)
    if (!attempt.isHedge) before = attempt.target
  }
}

/** Cells of one stretch that are told apart by their key; beyond them keys are added up, and at twice as many everything else. */
export const mostCells = 2_000

/** The name that is told apart of a new cell where there are so many already. */
export const nameWithin = (name: CellName, known: number): CellName => {
  if (known < mostCells) return name
  if (known < 2 * mostCells) return { ...name, key: other }
  return { model: other, target: other, team: other, key: other }
}
