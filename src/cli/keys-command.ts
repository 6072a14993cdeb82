import { type Command, InvalidArgumentError, Option } from 'commander'
import { hint } from '../config/suggest.ts'
import { keyCaches } from '../core/key-cache.ts'
import { leastWeight, mostWeight, priorities } from '../core/priority.ts'
import { guarded } from './guarded.ts'
import type { Clearable } from './keys.ts'
import { addStoreOptions } from './store-options.ts'
import { duration, future, names } from './words.ts'

/** Loaded when one of its commands runs: help needs nothing of it. */
const load = () => import('./keys.ts')

/** What a key can be without. */
const clearable = [
  'org',
  'team',
  'user',
  'models',
  'doors',
  'priority',
  'weight',
  'cache',
  'expires',
] as const satisfies readonly Clearable[]

const clearables = (text: string): readonly Clearable[] =>
  names(text).map((name) => {
    const known = clearable.find((field) => field === name)
    if (known !== undefined) return known
    throw new InvalidArgumentError(`A key has no ${JSON.stringify(name)} to clear${hint(name, clearable)}`)
  })

const share = (text: string): number => {
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (number >= leastWeight && number <= mostWeight) return number
  throw new InvalidArgumentError(`It must be a number from ${leastWeight} to ${mostWeight}.`)
}

const addFields = (command: Command): Command =>
  command
    .option('--org <name>', 'organisation it belongs to')
    .option('--team <name>', 'team it belongs to')
    .option('--user <name>', 'user it belongs to')
    .option(
      '--models <names>',
      'models it may use, with commas between them; fallbacks are bound too (else all)',
      names,
    )
    .option('--doors <paths>', 'doors it may use, with commas between them, such as /v1/messages (else all)', names)
    .addOption(
      new Option('--priority <name>', 'the most urgent that its calls may be where they wait (else normal)').choices(
        priorities,
      ),
    )
    .option('--weight <number>', 'its share against others that wait (else 1)', share)
    .addOption(
      new Option('--cache <word>', 'how far it goes with answers from memory (else as far as the model does)').choices(
        keyCaches,
      ),
    )
    .option('--expires <when>', 'end of its life: a time from now such as 90d, or a date (else never)', future)

/** `tollgate keys`: virtual keys of the store. */
export const addKeys = (program: Command): void => {
  const keys = program.command('keys').description('list, make, change, rotate and revoke virtual keys')
  addStoreOptions(keys.command('list').description('list all keys, without secrets')).action(
    guarded(async (options) => (await load()).listKeys(options)),
  )
  addStoreOptions(
    addFields(keys.command('create <name>').description('make a key; its secret is printed now and never again')),
  ).action(guarded(async (name, options) => (await load()).createKey(name, options)))
  addStoreOptions(
    addFields(keys.command('change <name>').description('change what a key belongs to and may do')).option(
      '--clear <fields>',
      `what to take away, with commas between them: ${clearable.join(', ')}`,
      clearables,
    ),
  ).action(guarded(async (name, options) => (await load()).changeKey(name, options)))
  addStoreOptions(
    keys
      .command('rotate <name>')
      .description('give a key a new secret, which is printed now and never again')
      .option('--overlap <duration>', 'how long the earlier secret works on, such as 24h', duration, 0),
  ).action(guarded(async (name, options) => (await load()).rotateKey(name, options)))
  addStoreOptions(
    keys.command('revoke <name>').description('revoke a key for ever; servers refuse it within a second'),
  ).action(guarded(async (name, options) => (await load()).revokeKey(name, options)))
}
