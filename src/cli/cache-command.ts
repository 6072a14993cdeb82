import type { Command } from 'commander'
import { guarded } from './guarded.ts'
import { addStoreOptions } from './store-options.ts'

/** Loaded when one of its commands runs: help needs nothing of it. */
const load = () => import('./cache.ts')

/** `tollgate cache`: answers that are kept. */
export const addCache = (program: Command): void => {
  const cache = program.command('cache').description('show kept answers, or take them away')
  addStoreOptions(cache.command('show').description('tell how many answers the file holds')).action(
    guarded(async (options) => (await load()).showCache(options)),
  )
  addStoreOptions(
    cache
      .command('purge')
      .description(
        'take kept answers away: those to which everything applies that is given; servers that share the file give none of them from a second later on',
      )
      .summary('take kept answers away')
      .option('--team <name>', 'shared within this team')
      .option('--scope <scope>', 'shared within this scope, as logs and the administrators’ door name it')
      .option('--owner <key>', 'first asked for by this virtual key')
      .option('--model <model>', 'of this public model')
      .option('--tag <name=value>', 'first asked for with this tag')
      .option('--all', 'all there are'),
  ).action(guarded(async (options) => (await load()).purgeCache(options)))
}
