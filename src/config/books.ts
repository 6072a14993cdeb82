import type { Control } from '../control/control.ts'
import { createControl } from '../control/create-control.ts'
import { createDirectory, type Directory } from '../control/directory.ts'
import type { Clock } from '../core/clock.ts'
import { callerDoors } from '../core/doors.ts'
import { createLedger } from '../ledger/create-ledger.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { createMatch } from '../ledger/match.ts'
import type { AnswerCache, ControlStore, Crossed, Store } from '../stores/store.ts'
import { type AlertLog, type Alerts, createAlerts } from '../telemetry/alert.ts'
import type { ModelDecline } from '../telemetry/declines.ts'
import type { Receiver } from '../transport/webhook-post.ts'
import type { Config } from './config.ts'
import { receiverOf } from './resolve-webhooks.ts'

export interface BookOptions {
  /** The one in force: keys and allowances of another are declared to the directory. */
  config(): Config
  readonly store: Store
  /** Answers that are kept. */
  readonly answers: Pick<AnswerCache, 'purge' | 'standing'>
  readonly clock: Clock
  readonly log: AlertLog
  /** Is there such a model? */
  isModel(name: string): boolean
}

/** Who may call, what they may use, what they used, and who changes it: everything that hangs on a store. */
export interface Books {
  readonly directory: Directory
  readonly ledger: Ledger
  readonly control: Control
  /** Fulfilled when everything that was booked and written until now is in the store. */
  flush(): Promise<void>
  /** Tells that a model became worse: in the log, and whoever is to be told. */
  tellDecline(decline: ModelDecline): void
  /** Books what is left, gives back what is held, and closes the store: when no call is under way any more. */
  close(): Promise<void>
}

/** Opens the books of a store, and closes the store where they cannot be opened. */
export const openBooks = async (options: BookOptions): Promise<Books> => {
  try {
    return await open(options)
  } catch (thrown) {
    await options.store.close()
    throw thrown
  }
}

const open = async ({ config, store, answers, clock, log, isModel }: BookOptions): Promise<Books> => {
  const directory = await createDirectory({ config: config(), control: store.control, createMatch, log })
  const alerts = createAlerts({ log, endpoint: (webhook) => endpointOf(config(), webhook) })
  const ledger = createLedger({ store, clock })
  ledger.onCrossed((crossed) => tell(crossed, directory, alerts))
  const control = createControl({
    store: { control: followedBy(directory, store.control), reports: store.reports },
    secret: await store.control.secret(),
    answers,
    declared: directory.declared,
    isModel,
    isEndpoint: (name) => config().webhooks.has(name),
    doors: callerDoors,
  })
  return {
    directory,
    ledger,
    control,
    flush: () => ledger.flush(),
    tellDecline: (decline) => alerts.tellDecline(decline, config().telemetry.quality.webhook),
    close: async () => {
      directory.close()
      await ledger.close().catch((err) => log.error({ err }, 'The last bookings are not in the store.'))
      await alerts.close()
      await store.close()
    },
  }
}

/** What is written in this process holds in this process when it is written. */
const followedBy = (directory: Directory, control: ControlStore): ControlStore => ({
  changes: (after) => control.changes(after),
  put: async (entry, audit, expect) => {
    const version = await control.put(entry, audit, expect)
    if (version !== undefined) await directory.refresh()
    return version
  },
  audit: (query) => control.audit(query),
  secret: () => control.secret(),
  watch: (changed) => control.watch(changed),
})

const tell = (crossed: readonly Crossed[], directory: Directory, alerts: Alerts): void => {
  for (const { allowance, subject, percent, settled, limit, start } of crossed) {
    const webhook = directory.allowances.find(({ id }) => id === allowance)?.webhook
    alerts.tell({ allowance, scope: subject, percent, used: settled, limit, start, webhook })
  }
}

/**
 * Only addresses that stand in the configuration are called: an administrator names one of its endpoints, and cannot
 * make this machine call any other.
 */
const endpointOf = ({ webhooks, webhookRules, allowances }: Config, webhook: string): Receiver | undefined => {
  const endpoint = webhooks.get(webhook)
  if (endpoint) return receiverOf(endpoint)
  const isDeclared = allowances.some((each) => each.webhook === webhook)
  return isDeclared ? receiverOf({ ...webhookRules, url: webhook, secrets: [] }) : undefined
}
