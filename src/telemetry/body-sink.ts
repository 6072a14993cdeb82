import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../core/call.ts'
import type { BodyRules } from '../core/call-bodies.ts'
import type { Transcript } from '../core/transcript.ts'
import { type BodyQueueOptions, createBodyQueue } from './body-queue.ts'
import { requestText } from './body-text.ts'
import { takeDown } from './take-down.ts'

export interface BodySinkOptions extends BodyQueueOptions {
  /** As it is configured now; undefined: nothing that is said is kept. */
  rules(): BodyRules | undefined
  /** The public name of a model that a caller asks for. */
  modelOf(asked: string): string | undefined
  /** Do records wait to be written? They come first. */
  isBusy(): boolean
}

/** Keeps what is said in calls that are asked for, many at a time. No call ever waits for it. */
export interface BodySink {
  /** What the answer of a call is to be told to as well; undefined: it is not kept. */
  begin(call: Call): Transcript | undefined
  /** Writes what waits. Never rejects, and waits two seconds at most. */
  flush(): Promise<void>
  /** Calls of which it was lost what was said: there was too much of it, or the store failed. */
  dropped(): number
  close(): Promise<void>
}

const flushMs = 2_000
/** So much more is taken down, so that a secret at the cut is seen whole and masked. */
const margin = 16 * 1024

/** Is it to be kept what is said in a call? */
const isMeant = ({ models, keys, teams }: BodyRules, { caller, request }: Call, modelOf: BodySinkOptions['modelOf']) =>
  (keys?.includes(caller.key) ?? true) &&
  (teams?.includes(caller.team ?? '') ?? true) &&
  (models?.includes(modelOf(request.model) ?? '') ?? true)

/** A sink of what is said. What it holds is bounded; beyond that it is dropped and counted. */
export const createBodySink = (options: BodySinkOptions): BodySink => {
  const queue = createBodyQueue(options)
  let lost = 0
  const takeDownOf = ({ id, startedAt, caller, request }: Call, { mostBytes }: BodyRules): Transcript => {
    const { org, team, key } = caller
    const of = { call: id, startedAt, org, team, key }
    const most = mostBytes + margin
    return takeDown({
      most,
      hold: queue.hold,
      told: (response, { held, isLost }) => {
        queue.release(held)
        if (isLost || options.isBusy()) lost++
        else if (!queue.add({ of, request: requestText(request, most), response, mostBytes })) lost++
      },
    })
  }
  return {
    begin: (call) => {
      const rules = options.rules()
      return rules === undefined || !isMeant(rules, call, options.modelOf) ? undefined : takeDownOf(call, rules)
    },
    flush: async () => {
      const leaving = new AbortController()
      const late = sleep(flushMs, undefined, { signal: leaving.signal, ref: false }).catch(() => {})
      await Promise.race([queue.send(), late])
      leaving.abort()
    },
    dropped: () => lost + queue.failed(),
    close: queue.send,
  }
}
