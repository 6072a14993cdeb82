import type { Condition, TimeOfDay } from '../routing/when.ts'
import { timeZoneProblem } from './allowance-schema.ts'
import type { Path } from './complaints.ts'
import type { PolicyConfig, RuleConfig } from './config.ts'
import type { Names } from './names.ts'
import type { WrittenCondition, WrittenPolicy } from './policy-schema.ts'
import { resolveTargets } from './resolve-targets.ts'

/** What the policies of a model say: who may answer, and in which order. */
export interface Policies {
  readonly rules: readonly RuleConfig[]
  readonly policies: readonly PolicyConfig[]
}

/** Every policy that can be understood; what cannot be is complained of. */
export const resolvePolicies = (written: readonly WrittenPolicy[], path: Path, names: Names): Policies => {
  const rules: RuleConfig[] = []
  const policies: PolicyConfig[] = []
  for (const [index, each] of written.entries()) {
    const at = [...path, index]
    if (typeof each === 'string') policies.push(each)
    else if (each.sticky !== undefined) {
      policies.push({ sticky: listOf(each.sticky) })
      for (const field of ['when', 'use'] as const)
        if (each[field] !== undefined)
          names.complain([...at, field], 'does not go with sticky; make it a policy of its own')
    } else {
      if (policies.length > 0) names.complain(at, 'rules choose who may answer: write them before all other policies')
      const rule = ruleOf(each, at, names)
      if (rule) rules.push(rule)
    }
  }
  return { rules, policies }
}

const ruleOf = ({ when, use }: Exclude<WrittenPolicy, string>, path: Path, names: Names): RuleConfig | undefined => {
  if (when === undefined && use === undefined) {
    names.complain(path, 'is empty; expected sticky, or when and use')
    return undefined
  }
  if (when === undefined) names.complain([...path, 'when'], 'is missing; it says when these targets are used')
  else if (Object.values(when).every((value) => value === undefined))
    names.complain(
      [...path, 'when'],
      'says nothing, so it would always hold; write these targets as the targets of the model',
    )
  if (use === undefined) names.complain([...path, 'use'], 'is missing; it says who answers then')
  const targets = resolveTargets(use ?? [], (index) => [...path, 'use', index], names)
  return { when: conditionOf(when ?? {}, [...path, 'when'], names), use: targets }
}

const conditionOf = (written: WrittenCondition, path: Path, names: Names): Condition => {
  const { tokens } = written
  if (tokens && (tokens.from ?? 0) >= (tokens.below ?? Number.POSITIVE_INFINITY))
    names.complain([...path, 'tokens'], 'can never hold: from must be less than below')
  return {
    needs: maybeList(written.needs),
    stream: written.stream,
    tokens,
    key: maybeList(written.key),
    team: maybeList(written.team),
    user: maybeList(written.user),
    org: maybeList(written.org),
    endUser: maybeList(written.endUser),
    tags: listsOf(written.tags),
    metadata: listsOf(written.metadata),
    time: written.time && timeOf(written.time, [...path, 'time'], names),
  }
}

const timeOf = (written: NonNullable<WrittenCondition['time']>, path: Path, names: Names): TimeOfDay => {
  const { from, to, timezone } = written
  if (from === to) names.complain([...path, 'to'], 'is the same as from; leave both out to mean the whole day')
  const problem = timeZoneProblem(timezone)
  if (problem !== undefined) {
    names.complain([...path, 'timezone'], problem)
    return { timezone: 'UTC', from, to }
  }
  const days = written.days && [...new Set(listOf(written.days).flatMap((day) => daysOf[day]))]
  return { timezone, from, to, days }
}

const daysOf = {
  sun: [0],
  mon: [1],
  tue: [2],
  wed: [3],
  thu: [4],
  fri: [5],
  sat: [6],
  weekdays: [1, 2, 3, 4, 5],
  weekend: [6, 0],
} as const

const listOf = <Item>(written: Item | readonly Item[]): readonly Item[] =>
  Array.isArray(written) ? written : [written as Item]

const maybeList = <Item>(written: Item | readonly Item[] | undefined): readonly Item[] | undefined =>
  written === undefined ? undefined : listOf(written)

const listsOf = (
  written: Readonly<Record<string, string | readonly string[]>> | undefined,
): Readonly<Record<string, readonly string[]>> | undefined =>
  written && Object.fromEntries(Object.entries(written).map(([name, values]) => [name, listOf(values)]))
