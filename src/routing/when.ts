import type { Call } from '../core/call.ts'
import type { JsonValue } from '../core/json.ts'
import { type Need, needsOf } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { estimateTokens } from '../core/tokens.ts'
import { wallClock } from './local-clock.ts'
import type { Policy } from './policy.ts'

/** What a call may need, as a condition names it. */
export const needNames = [
  'tools',
  'schema',
  'json',
  'image',
  'file',
  'audio',
  'reasoning',
  'logprobs',
  'choices',
] as const satisfies readonly Need[]

/** What a call must be for a rule to hold: every field that is given, and of each list any. */
export interface Condition {
  readonly needs?: readonly Need[] | undefined
  readonly stream?: boolean | undefined
  /** Prompt tokens by estimate: at least `from`, and fewer than `below`. */
  readonly tokens?: { readonly from?: number | undefined; readonly below?: number | undefined } | undefined
  readonly key?: readonly string[] | undefined
  readonly team?: readonly string[] | undefined
  readonly user?: readonly string[] | undefined
  readonly org?: readonly string[] | undefined
  readonly endUser?: readonly string[] | undefined
  /** By name; `*` is any value. */
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined
  /** Of the request's own `metadata`. */
  readonly metadata?: Readonly<Record<string, readonly string[]>> | undefined
  readonly time?: TimeOfDay | undefined
}

/** When, on the clock of a time zone. */
export interface TimeOfDay {
  /** IANA name. */
  readonly timezone: string
  /** Minutes since midnight; later than `to`: over midnight. */
  readonly from: number
  /** Minutes since midnight at which it is over, up to 1,440. */
  readonly to: number
  /** On which days it may begin, 0 being Sunday; undefined: all. */
  readonly days?: readonly number[] | undefined
}

/** A condition and who may answer where it holds, in this order. */
export interface Rule {
  readonly when: Condition
  readonly use: readonly Target[]
}

type Test = (call: Call) => boolean

/** Who may answer is what the first rule says that holds; where none holds, everybody who could before. */
export const createWhen = (rules: readonly Rule[]): Policy => {
  const compiled = rules.map(({ when, use }) => ({ tests: testsOf(when), use }))
  return (targets, call) => compiled.find(({ tests }) => tests.every((test) => test(call)))?.use ?? targets
}

type Compilers = { readonly [Field in keyof Condition]-?: (wanted: NonNullable<Condition[Field]>) => Test }

/** One of the names, or any where `*` is among them. */
const among = (wanted: readonly string[]): ((name: string | undefined) => boolean) => {
  const names = new Set(wanted)
  return names.has('*') ? (name) => name !== undefined : (name) => name !== undefined && names.has(name)
}

type Named = 'key' | 'team' | 'user' | 'org' | 'endUser'

const ofCaller =
  (field: Named) =>
  (wanted: readonly string[]): Test => {
    const holds = among(wanted)
    return ({ caller }) => holds(caller[field])
  }

/** Cheap ones first: what a call needs and how long it is takes a look at all of it. */
const compilers: Compilers = {
  stream:
    (wanted) =>
    ({ request }) =>
      request.stream === wanted,
  key: ofCaller('key'),
  team: ofCaller('team'),
  user: ofCaller('user'),
  org: ofCaller('org'),
  endUser: ofCaller('endUser'),
  tags: (wanted) => {
    const tests = Object.entries(wanted).map(([name, values]) => ({ name, holds: among(values) }))
    return ({ caller: { tags } }) => tests.every(({ name, holds }) => holds(ownValue(tags, name)))
  },
  metadata: (wanted) => {
    const tests = Object.entries(wanted).map(([name, values]) => ({ name, holds: among(values) }))
    return ({ request }) => tests.every(({ name, holds }) => holds(textOf(ownValue(request.chat.metadata, name))))
  },
  time: (wanted) => {
    const clock = wallClock(wanted.timezone)
    return ({ startedAt }) => isWithin(wanted, clock(startedAt))
  },
  needs:
    (wanted) =>
    ({ request }) => {
      const needs = needsOf(request.chat)
      return wanted.some((need) => needs.has(need))
    },
  tokens:
    ({ from = 0, below = Number.POSITIVE_INFINITY }) =>
    ({ request }) => {
      const tokens = estimateTokens(request.chat)
      return tokens >= from && tokens < below
    },
}

const testsOf = (condition: Condition): readonly Test[] =>
  (Object.keys(compilers) as (keyof Condition)[]).flatMap((field) => testOf(field, condition) ?? [])

const testOf = (field: keyof Condition, condition: Condition): Test | undefined => {
  const wanted = condition[field]
  // Each compiler takes what its own field holds, which the table says and this look-up does not.
  const compile = compilers[field] as (wanted: unknown) => Test
  return wanted === undefined ? undefined : compile(wanted)
}

/** Callers choose these names: what every object has is none of them. */
const ownValue = <Value>(map: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined =>
  map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined

const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined

const isWithin = (
  { from, to, days }: TimeOfDay,
  { weekday, minute }: { readonly weekday: number; readonly minute: number },
): boolean => {
  const begins = (day: number): boolean => days === undefined || days.includes(day)
  if (from < to) return minute >= from && minute < to && begins(weekday)
  // Over midnight: what is after it began the day before.
  return (minute >= from && begins(weekday)) || (minute < to && begins((weekday + 6) % 7))
}
