import type { CallEntry, Decisions } from '../call-types.ts'
import { distance, duration, shortUsd } from '../format.ts'
import { usdOfNanos } from './nanos.ts'

const hedges: Readonly<Record<string, string>> = {
  won: 'The first target was late, so a second one was asked, and it answered.',
  lost: 'The first target was late, so a second one was asked, but the first answered after all.',
  failed: 'The first target was late, so a second one was asked, which could not answer.',
  denied: 'The first target was late, but no budget or limit let a second one be asked.',
  capped: 'The first target was late, but as many calls as may be were asked twice already.',
}

const mirrors: Readonly<Record<string, string>> = {
  sent: 'A copy was sent to another target.',
  full: 'A copy was to go to another target, but too many were under way.',
}

const repeats: Readonly<Record<string, string>> = {
  first: 'It had an idempotency key, and was the first under it.',
  replayed: 'It was asked before under its idempotency key, and was answered the same.',
  waited: 'An equal call under its idempotency key was under way; it got the same answer.',
  conflict: 'An equal call under its idempotency key took longer than this one could wait.',
  mismatch: 'Something else was asked before under its idempotency key.',
}

const rungs: Readonly<Record<string, string>> = {
  native: 'was valid as it came',
  extracted: 'was found within other text',
  repaired: 'was broken and was repaired',
  coerced: 'had values of the wrong kind, which were converted',
  asked_again: 'was wrong at first, and right when asked again',
  fallback: 'came from the model behind',
  default: 'is the one that was configured for when nothing helps',
}

const memorySentence = ({
  outcome,
  ageMs,
  target,
  saved,
  savedMs,
  wouldHit,
  items,
}: NonNullable<Decisions['cache']>): string => {
  if (items) return `${items.known} of ${items.all} vectors were in memory.`
  const age = ageMs === undefined ? '' : ` ${duration(ageMs)} old`
  const by = target === undefined ? '' : `, first given by ${target}`
  const gain = [
    saved !== undefined && shortUsd(usdOfNanos(saved)),
    savedMs !== undefined && savedMs > 0 && duration(savedMs),
  ]
    .filter(Boolean)
    .join(' and ')
  const spared = gain === '' ? '' : `. It saved ${gain}`
  switch (outcome) {
    case 'hit':
      return `The answer came from memory${age}${by}${spared}.`
    case 'stale':
      return `The answer came from memory${age}${by}, while a new one was asked for${spared}.`
    case 'semantic':
      return `A question that says the same was answered before; its answer was given${age}${by}${spared}.`
    case 'coalesced':
      return `An equal question was under way; both got its answer${spared}.`
    case 'miss':
      return `Memory had no answer${wouldHit ? ', but a similar question would have been found' : ''}.`
    default:
      return 'Memory was not asked: the caller wished so, or it would not have been safe.'
  }
}

const limitSentence = ({ unit, limit, remaining, resetsAt }: NonNullable<Decisions['limits']>[number]): string =>
  `When it was let in, ${remaining} of ${limit} ${unit} were left${typeof resetsAt === 'number' ? `; more became free ${distance(resetsAt)}` : ''}.`

/** What was decided on the way of a call, and why, in words. */
export const sentencesOf = ({
  decisions,
  asked,
  model,
  target,
  attempts,
  prompt: _prompt,
  ...call
}: CallEntry): string[] => {
  const { order, skipped, limits, cache, output, hedge, mirror, idempotency, replayOf, isShortened } = decisions
  const failed = attempts.filter(({ outcome }) => outcome !== 'ok')
  return [
    asked !== model && `“${asked}” was asked for, which is the model ${model}.`,
    order && order.length > 0 && `Targets in their order: ${order.join(', ')}.`,
    ...(skipped ?? []).map((each) => `${each.target} was left out: ${each.reason}.`),
    ...failed.map(
      (each) =>
        `Attempt ${each.ordinal} at ${each.target} ended with ${each.error ?? each.outcome}${each.status ? ` (status ${each.status})` : ''}.`,
    ),
    call.outcome === 'ok' && failed.length > 0 && target && `${target} answered in their place.`,
    cache && memorySentence(cache),
    output &&
      (output.rung === undefined
        ? `The answer never satisfied its format, in ${output.asks} times of asking.`
        : `The answer${output.schema ? ` for “${output.schema}”` : ''} ${rungs[output.rung] ?? output.rung}.`),
    isShortened && 'Its output was cut to what its budget covers.',
    hedge && (hedges[hedge] ?? hedge),
    mirror && (mirrors[mirror] ?? mirror),
    idempotency && (repeats[idempotency] ?? idempotency),
    replayOf && `The answer is that of call ${replayOf}.`,
    ...(limits ?? []).map(limitSentence),
  ].filter((each): each is string => typeof each === 'string' && each !== '')
}
