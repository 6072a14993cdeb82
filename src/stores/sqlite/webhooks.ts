import { sweepStep } from '../job-rules.ts'
import type { WebhookStore } from '../webhook-store.ts'
import type { StoreThreads } from './control.ts'

/** Events for webhooks in the file, seen by every process that shares it. */
export const createSqliteWebhooks = ({ writer, reader }: StoreThreads): WebhookStore => ({
  claim: (by) => writer.call('claimEvents', by),
  settle: (delivered) => writer.call('settleEvents', delivered),
  events: (query) => reader.call('listEvents', query),
  attempts: (event) => reader.call('eventAttempts', event),
  redeliver: async (which) => {
    let count = 0
    for (;;) {
      const some = await writer.call('redeliverEvents', which)
      count += some
      if (some < sweepStep) return count
    }
  },
  standings: () => reader.call('endpointStandings', undefined),
  mark: (endpoint, marks) => writer.call('markEndpoint', { endpoint, marks }),
})
