import { type Command, Option } from 'commander'
import { guarded } from './guarded.ts'
import { wholeNumber } from './numbers.ts'
import { addStoreOptions } from './store-options.ts'
import { past } from './words.ts'

/** Loaded when one of its commands runs: help needs nothing of it. */
const load = () => import('./webhooks.ts')

const mostRows = 10_000

/** `tollgate webhooks`: who is told of jobs, and what became of it. */
export const addWebhooks = (program: Command): void => {
  const webhooks = program.command('webhooks').description('show who is told of jobs and how that goes, send again')
  addStoreOptions(webhooks.command('list').description('list endpoints, and how they fare')).action(
    guarded(async (options) => (await load()).listEndpoints(options)),
  )
  addStoreOptions(
    webhooks
      .command('events')
      .description('list events that endpoints are told of, newest first')
      .option('--endpoint <name>', 'only those of this endpoint')
      .option('--job <id>', 'only the one of this job')
      .addOption(
        new Option('--status <status>', 'only those').choices(['pending', 'delivered', 'failed', 'disabled'] as const),
      )
      .option('--limit <number>', 'most rows', wholeNumber(mostRows), 100),
  ).action(guarded(async (options) => (await load()).listEvents(options)))
  addStoreOptions(webhooks.command('show <event>').description('show one event with its latest attempts')).action(
    guarded(async (id, options) => (await load()).showEvent(id, options)),
  )
  addStoreOptions(
    webhooks
      .command('redeliver [event]')
      .description('send an event again, or all of an endpoint that were given up')
      .option('--endpoint <name>', 'in place of an event: all of this endpoint that were given up')
      .option('--since <moment>', 'those of them since then, such as 2d or 2026-11-24', past),
  ).action(guarded(async (id, options) => (await load()).redeliver(id, options)))
  addStoreOptions(
    webhooks.command('enable <endpoint>').description('send to an endpoint again that is disabled or rests'),
  ).action(guarded(async (endpoint, options) => (await load()).enableEndpoint(endpoint, options)))
}
