import type { FakeUpstream } from '../../testing/index.ts'
import { questionOf } from './processes.ts'
import { answered } from './rig.ts'

/** What holds answers back, so that there is always something under way when somebody is killed. */
export interface Gate {
  /** Questions that wait for their answer; of processes that are gone too, until somebody asks the same again. */
  waiting(): number
  /** Lets so many more questions have their answer. */
  allow(more: number): void
}

/** Makes an upstream answer only as often as it is allowed to. */
export const createGate = (upstream: FakeUpstream): Gate => {
  const waiting = new Map<string, () => void>()
  let allowed = 0
  const wait = (question: string): Promise<void> =>
    new Promise((resolve) => {
      // Whoever asked the same before is gone.
      waiting.get(question)?.()
      waiting.set(question, resolve)
    })
  upstream.always(async (request) => {
    if (allowed > 0) allowed--
    else await wait(questionOf(request.body))
    return answered()(request)
  })
  return {
    waiting: () => waiting.size,
    allow: (more) => {
      allowed += more
      for (const [question, go] of waiting) {
        if (allowed <= 0) return
        allowed--
        waiting.delete(question)
        go()
      }
    },
  }
}
