import type { Question } from '../core/question.ts'
import type { Plan } from './plan.ts'

const defaultTotalMs = 600_000
const defaultStreamTotalMs = 3_600_000

/** How long a question may take, in milliseconds: as its route says, or its caller where that is less. */
export const limitOf = (plan: Plan, { request, timeoutMs }: Pick<Question, 'request' | 'timeoutMs'>): number => {
  const timeouts = plan.find(request.model)?.timeouts
  const own = request.stream ? (timeouts?.streamTotalMs ?? defaultStreamTotalMs) : (timeouts?.totalMs ?? defaultTotalMs)
  return timeoutMs === undefined ? own : Math.min(own, timeoutMs)
}
