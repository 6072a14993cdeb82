import { type Command, Option } from 'commander'
import { reportKeys } from '../stores/store.ts'
import { guarded } from './guarded.ts'
import { wholeNumber } from './numbers.ts'
import { addStoreOptions } from './store-options.ts'
import { condition, past, reportGroups } from './words.ts'

const keysText = reportKeys.join(', ')

interface Reading {
  read(text: string): unknown
  /** What it is when it is not given, as somebody would write it. */
  readonly usual: string
}

const option = (flags: string, description: string, { read, usual }: Reading): Option =>
  new Option(flags, description).argParser(read).default(read(usual), usual)

/** `tollgate usage`: what was used and what it cost. */
export const addUsage = (program: Command): void => {
  const usage = program
    .command('usage')
    .description(
      `tell what was used and what it cost, in sums or attempt by attempt

Keys to group by and to keep to: ${keysText}.
end_user, session and tag go with a time (hour, day, month) alone. Times are UTC.`,
    )
    .summary('tell what was used and what it cost')
    .addOption(
      option('--by <keys>', 'up to three keys with commas between them', { read: reportGroups, usual: 'model' }),
    )
    .addOption(option('--from <when>', 'now, today, a time ago such as 7d, or a date', { read: past, usual: '7d' }))
    .addOption(option('--to <when>', 'where it ends, such as a date, which is left out', { read: past, usual: 'now' }))
    .option('--where <key=name>', 'keep to what has this name; may be given again for other keys', condition)
    .addOption(new Option('--lines', 'single attempts, newest first, instead of sums').conflicts('by'))
    .option('--limit <number>', 'most rows or attempts', wholeNumber(100_000), 100)
  addStoreOptions(usage).action(guarded(async (options) => (await import('./usage.ts')).usage(options)))
}
