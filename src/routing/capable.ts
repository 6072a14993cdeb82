import type { Call } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import { type Need, needsOf } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { estimateTokens } from '../core/tokens.ts'
import { type Policy, skip } from './policy.ts'

/** What a caller wrote to need this: a refusal names it, so that it can be left out. */
const fields: Readonly<Record<Need, string>> = {
  tools: 'tools',
  schema: 'response_format',
  json: 'response_format',
  image: 'image',
  file: 'file',
  audio: 'audio',
  reasoning: 'reasoning',
  logprobs: 'logprobs',
  choices: 'n',
}

interface Obstacle {
  readonly reason: string
  readonly field?: string
}

/** What a target is known to be unable to do for this call, in words; undefined when nothing stands against it. */
const obstacle = (target: Target, needs: ReadonlySet<Need>, tokens: () => number): Obstacle | undefined => {
  const { facts } = target
  if (!facts) return undefined
  for (const need of needs) {
    if (facts.lacks.includes(need)) return { reason: `it cannot do ${need} (${fields[need]})`, field: fields[need] }
  }
  // Compared with half the estimate, so that a prompt is turned away only when it cannot possibly fit.
  if (facts.contextWindow !== undefined && tokens() > facts.contextWindow) {
    return { reason: `its context window holds ${facts.contextWindow} tokens` }
  }
  return undefined
}

/** Leaves out targets that are known to be unable to do what is asked; when none is left, says what none can do. */
export const capable: Policy = (targets, call) => {
  // Nearly every call: one target of which nothing is known that it cannot do.
  if (targets.length === 1 && !targets[0]?.facts?.lacks.length) return targets
  const needs = needsOf(call.request.chat)
  const [must, may] = call.conforms ? apart(needs) : [needs, none]
  let estimate: number | undefined
  const tokens = (): number => {
    estimate ??= Math.floor(estimateTokens(call.request.chat) / 2)
    return estimate
  }
  const several = targets.length > 1
  const obstacles = targets.map((target) => obstacle(target, must, several ? tokens : () => 0))
  if (obstacles.every((found) => found === undefined)) return ablest(targets, may)
  const able = targets.filter((_, index) => obstacles[index] === undefined)
  targets.forEach((target, index) => {
    const found = obstacles[index]
    if (found !== undefined) skip(call, target, found.reason)
  })
  if (able.length === 0) throw refusal(targets, obstacles, call)
  return ablest(able, may)
}

const none: ReadonlySet<Need> = new Set()

/** What a target must be able to do, and what it can be told in words because the answer is held against it. */
const apart = (needs: ReadonlySet<Need>): readonly [must: ReadonlySet<Need>, may: ReadonlySet<Need>] => {
  const isFormat = (need: Need): boolean => need === 'schema' || need === 'json'
  return [new Set([...needs].filter((need) => !isFormat(need))), new Set([...needs].filter(isFormat))]
}

/** Those first that can be given a format; the others need to be told of it. */
const ablest = (targets: readonly Target[], formats: ReadonlySet<Need>): readonly Target[] => {
  if (formats.size === 0) return targets
  const isAble = ({ facts, quirks }: Target): boolean =>
    quirks.schemaFormat !== false && ![...formats].some((need) => facts?.lacks.includes(need))
  return [...targets.filter(isAble), ...targets.filter((target) => !isAble(target))]
}

const refusal = (
  targets: readonly Target[],
  obstacles: readonly (Obstacle | undefined)[],
  call: Call,
): GatewayError => {
  const reasons = targets.map((target, index) => `${target.id}: ${obstacles[index]?.reason}`).join('; ')
  return new GatewayError('invalid_request', `No target of ${call.request.model} can do what is asked (${reasons}).`, {
    param: obstacles.find((obstacle) => obstacle?.field !== undefined)?.field,
  })
}
