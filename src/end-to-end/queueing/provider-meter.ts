/** How a provider counts what is used within a minute. */
export type Metering = 'fixed' | 'sliding' | 'bucket'

const windowMs = 60_000

/** A provider's own meter, kept apart from what the gateway reckons: prompts count when they come, answers when they are whole. */
export interface ProviderMeter {
  /** False: refused, as too much. */
  takes(prompt: number, now: number): boolean
  answers(output: number, now: number): void
  /** All that was ever counted. */
  readonly total: number
}

export const createProviderMeter = (metering: Metering, limit: number): ProviderMeter => {
  const entries: { readonly at: number; readonly amount: number }[] = []
  let first = 0
  let used = 0
  let since = 0
  let total = 0
  const pass = (now: number): void => {
    if (metering === 'fixed') {
      const minute = Math.floor(now / windowMs)
      if (minute !== since) used = 0
      since = minute
    } else if (metering === 'bucket') {
      used = Math.max(0, used - ((now - since) * limit) / windowMs)
      since = now
    } else
      for (let entry = entries[first]; entry && entry.at <= now - windowMs; entry = entries[++first])
        used -= entry.amount
  }
  const count = (amount: number, now: number): void => {
    used += amount
    total += amount
    if (metering === 'sliding') entries.push({ at: now, amount })
  }
  return {
    takes: (prompt, now) => {
      pass(now)
      if (used + prompt > limit) return false
      count(prompt, now)
      return true
    },
    answers: (output, now) => {
      pass(now)
      count(output, now)
    },
    get total() {
      return total
    },
  }
}
