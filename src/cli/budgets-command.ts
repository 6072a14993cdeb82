import { type Command, Option } from 'commander'
import { usualAlerts } from './budget-words.ts'
import { guarded } from './guarded.ts'
import { addStoreOptions } from './store-options.ts'
import { count, money, percents, quantity, scope, timezone, window } from './words.ts'

/** Loaded when one of its commands runs: help needs nothing of it. */
const load = () => import('./budgets.ts')

const examples = `
Examples:
  tollgate budgets set --scope team:shop --usd 100 --per month --alert 80%
  tollgate budgets set --scope key:web --requests 300/m
  tollgate budgets set --scope 'session:*' --usd 0.50`

const addMeasures = (command: Command): Command =>
  command
    .requiredOption('--scope <scope>', 'whose: team:shop, key:web, session:* (each by itself), gateway:* (all)', scope)
    .option('--usd <amount>', 'US dollars, such as 100, or 5/h', money)
    .option('--requests <number>', 'calls, such as 300/m', quantity)
    .option('--tokens <number>', 'tokens in and out together, such as 200k/m', quantity)
    .option('--concurrency <number>', 'calls under way at once', count)
    .option('--per <window>', 'hour, day, week, month, total, or any stretch such as 24h (else total)', window)
    .option('--timezone <zone>', 'where its hours, days, weeks and months begin (else UTC)', timezone)
    .option('--model <name>', 'the public model it is for (else all together)')

const addMoney = (command: Command): Command =>
  command
    .option('--soft', 'money: only count and tell, never refuse')
    .addOption(
      new Option(
        '--on-limit <action>',
        'what happens to a call that does not fit (else refuse); cheaper for money, wait for anything else',
      ).choices(['refuse', 'cheaper', 'wait']),
    )
    .addOption(
      new Option('--on-short <action>', 'money: what happens where a shorter answer fits (else clamp)').choices([
        'clamp',
        'reject',
      ]),
    )
    .option('--alert <percent>', `money: tell at this much of it (else ${usualAlerts.join(', ')})`, percents)
    .option('--webhook <name>', 'money: one of webhooks.endpoints of the configuration, told beside the log')

/** `tollgate budgets`: budgets and limits of the store, which are one kind of thing. */
export const addBudgets = (program: Command): void => {
  const budgets = program.command('budgets').description('list, set and delete budgets and limits, release lost money')
  addStoreOptions(
    budgets
      .command('list')
      .description('list budgets and limits, and where each stands')
      .option('--scope <scope>', 'only those of this scope', scope),
  ).action(guarded(async (options) => (await load()).listBudgets(options)))
  addStoreOptions(
    addMoney(
      addMeasures(
        budgets.command('set').description('set a budget of money, or a limit of requests, tokens or calls at once'),
      ),
    ).option('--id <id>', 'its name in lists (else made from what it is for; the same id again changes it)'),
  )
    .addHelpText('after', examples)
    .action(guarded(async (options) => (await load()).setBudget(options)))
  addStoreOptions(budgets.command('delete <id>').description('take a budget or a limit away')).action(
    guarded(async (id, options) => (await load()).deleteBudget(id, options)),
  )
  addStoreOptions(
    budgets
      .command('release <id>')
      .description('free what was charged for processes that died, once it is known to be unspent')
      .option('--scope <scope>', 'whose share, where each has one', scope),
  ).action(guarded(async (id, options) => (await load()).releaseBudget(id, options)))
}
