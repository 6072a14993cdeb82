import type { LedgerLine } from '../core/ledger-line.ts'
import { plainName, scopedNames } from './line-keys.ts'
import type { LinePlan } from './report-plan.ts'

/** The line in a JSON text; undefined when it cannot be read, so that one bad line spoils nothing else. */
export const readLine = (text: string): LedgerLine | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isLine(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isLine = (value: unknown): value is LedgerLine => {
  if (typeof value !== 'object' || value === null) return false
  const { at, key, model, target, outcome } = value as Record<string, unknown>
  return (
    Number.isFinite(at) &&
    typeof key === 'string' &&
    typeof model === 'string' &&
    typeof target === 'string' &&
    typeof outcome === 'string'
  )
}

/** True for a line that lies in the stretch and has every name that is asked for. */
export const matches = (line: LedgerLine, plan: LinePlan): boolean =>
  line.at >= plan.stretch.from &&
  line.at < plan.stretch.to &&
  plan.conditions.every(({ key, name }) => plainName(line, key) === name) &&
  plan.scoped.every(({ key, name }) => scopedNames(line, key).includes(name))
