import type { Answer } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import type { Chunk } from '../core/chunk.ts'
import type { Clock } from '../core/clock.ts'
import { type Delta, isSemantic } from '../core/delta.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Stage } from '../core/handler.ts'

/** What may come before the first word; more than this is no beginning. */
const mostBytes = 4 * 1024 * 1024

/**
 * Waits until an answer says something: the first semantic event of a stream, or a whole body that can be read. Until
 * then nothing has reached the caller, so a failure is thrown and may be answered by another target.
 */
export const begin =
  (clock: Clock): Stage<Attempt> =>
  (next) =>
  async (attempt) => {
    const answer = await next(attempt)
    try {
      // What passes unread has begun with its head, and may be empty.
      if (answer.head.form === 'raw') {
        attempt.notes.firstTokenAt = clock.now()
        return answer
      }
      if (answer.head.form === 'whole') {
        const body = answer.peek()
        isBegun(body instanceof Promise ? await body : body, attempt)
      } else await withinTime(answer, attempt, clock)
    } catch (thrown) {
      const error = asGatewayError(thrown)
      answer.cancel(error)
      throw error
    }
    attempt.notes.firstTokenAt = clock.now()
    return answer
  }

const withinTime = async (answer: Answer, attempt: Attempt, clock: Clock): Promise<void> => {
  const { firstTokenMs } = attempt.timeouts
  const left = Math.max(0, attempt.line.started + firstTokenMs - clock.now())
  const timer = setTimeout(() => {
    const message = `${attempt.target.id} did not say anything within ${firstTokenMs} ms.`
    answer.cancel(new GatewayError('upstream_timeout', message, { outcome: 'ambiguous' }))
  }, left)
  try {
    await begun(answer, attempt)
  } finally {
    clearTimeout(timer)
  }
}

const begun = async (answer: Answer, attempt: Attempt): Promise<void> => {
  let bytes = 0
  for (;;) {
    const peeked = answer.peek()
    const chunk = peeked instanceof Promise ? await peeked : peeked
    if (isBegun(chunk, attempt)) return
    bytes += chunk?.bytes.byteLength ?? 0
    if (bytes > mostBytes)
      throw garbled(`${attempt.target.id} sent ${bytes} bytes without saying anything.`, 'malformed')
  }
}

/** Does an answer begin with this? Throws what the upstream says of its own failure, and where there is nothing at all. */
const isBegun = (chunk: Chunk | undefined, attempt: Attempt): boolean => {
  if (chunk === undefined) throw garbled(`${attempt.target.id} ended its answer before it said anything.`, 'ambiguous')
  for (const delta of chunk.deltas) if (settles(delta)) return true
  return false
}

/** True for what makes an answer begin, or end well without a word. Throws what the upstream says of its own failure. */
const settles = (delta: Delta): boolean => {
  if (delta.kind === 'failure') throw delta.error
  return isSemantic(delta) || delta.kind === 'finish'
}

const garbled = (message: string, outcome: 'ambiguous' | 'malformed'): GatewayError =>
  new GatewayError('upstream_garbled', message, { outcome })
