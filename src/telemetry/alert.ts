import { usdFromNanos } from '../core/money.ts'
import type { Receiver } from '../transport/webhook-post.ts'
import type { ModelDecline } from './declines.ts'
import { createPost, type PostOptions } from './post.ts'

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
  endpoint(webhook: string): Receiver | undefined
}

/** Tells of budgets: in the log, and to webhooks. */
export interface Alerts {
  /** Returns at once, and never throws. */
  tell(alert: Alert): void
  /** The same of a model that became worse than it used to be. */
  tellDecline(decline: ModelDecline, webhook: string | undefined): void
  /** Waits a moment for what is being sent, then gives up on it. */
  close(): Promise<void>
}

export const createAlerts = ({ log, endpoint, ...options }: AlertOptions): Alerts => {
  const post = createPost({
    ...options,
    failed: (problem, facts) => log.error({ ...facts, problem }, 'A webhook could not be told of an alert.'),
  })
  const send = (webhook: string | undefined, type: string, facts: Readonly<Record<string, unknown>>): void => {
    if (webhook === undefined) return
    const to = endpoint(webhook)
    if (to) post.send(to, { type, data: facts })
    else log.error(facts, 'The webhook of an alert is none that is configured.')
  }
  return {
    tell: (alert) => {
      const facts = factsOf(alert)
      log.warn(facts, 'budget')
      send(alert.webhook, 'budget.reached', facts)
    },
    tellDecline: ({ model, metric, since, was, is }, webhook) => {
      const facts = { model, metric, since: new Date(since).toISOString(), was: rounded(was), is: rounded(is) }
      log.warn(facts, 'A model became worse than it used to be.')
      send(webhook, 'quality.declined', facts)
    },
    close: () => post.close(),
  }
}

const rounded = (share: number): number => Math.round(share * 1_000) / 1_000

const factsOf = ({ allowance, scope, percent, used, limit, start }: Alert): Readonly<Record<string, unknown>> => ({
  allowance,
  scope,
  percent,
  usedUsd: usdFromNanos(used),
  limitUsd: usdFromNanos(limit),
  windowStart: start === 0 ? undefined : new Date(start).toISOString(),
})
