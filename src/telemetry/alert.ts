import { usdFromNanos } from '../core/money.ts'
import { createPost, type Endpoint, type PostOptions } from './post.ts'

/** A budget that came to a percentage of itself. Amounts are nano-dollars. */
export interface Alert {
  readonly allowance: string
  readonly scope: string
  readonly percent: number
  readonly used: bigint
  readonly limit: bigint
  /** Unix milliseconds of the beginning of the window; 0 where there is none. */
  readonly start: number
  /** Who is told beside the log: a name of an endpoint, or its address. */
  readonly webhook: string | undefined
}

/** Where alerts are written down. */
export interface AlertLog {
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export interface AlertOptions extends Omit<PostOptions, 'failed'> {
  readonly log: AlertLog
  /** Whom a name or an address stands for; undefined: nobody whom this gateway may call. */
  endpoint(webhook: string): Endpoint | undefined
}

/** Tells of budgets: in the log, and to webhooks. */
export interface Alerts {
  /** Returns at once, and never throws. */
  tell(alert: Alert): void
  /** Waits a moment for what is being sent, then gives up on it. */
  close(): Promise<void>
}

export const createAlerts = ({ log, endpoint, ...options }: AlertOptions): Alerts => {
  const post = createPost({
    ...options,
    failed: (problem, facts) => log.error({ ...facts, problem }, 'A webhook could not be told of a budget.'),
  })
  return {
    tell: (alert) => {
      const facts = factsOf(alert)
      log.warn(facts, 'budget')
      if (alert.webhook === undefined) return
      const to = endpoint(alert.webhook)
      if (to) post.send(to, { type: 'budget.reached', data: facts })
      else log.error(facts, 'The webhook of a budget is none that is configured.')
    },
    close: () => post.close(),
  }
}

const factsOf = ({ allowance, scope, percent, used, limit, start }: Alert): Readonly<Record<string, unknown>> => ({
  allowance,
  scope,
  percent,
  usedUsd: usdFromNanos(used),
  limitUsd: usdFromNanos(limit),
  windowStart: start === 0 ? undefined : new Date(start).toISOString(),
})
