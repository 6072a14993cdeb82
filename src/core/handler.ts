import type { Answer } from './answer.ts'

/** Who answers: a provider, a provider behind a breaker, the router, and the whole gateway are all this. */
export type Handler<C> = (call: C) => Promise<Answer>

/** What happens on the way: a handler made from the next one. */
export type Stage<C> = (next: Handler<C>) => Handler<C>

/** The first stage sees a call first. Put together once, at start-up. */
export const compose = <C>(stages: readonly Stage<C>[], last: Handler<C>): Handler<C> =>
  stages.reduceRight((next, stage) => stage(next), last)
