import { durationText } from '../config/durations.ts'
import type { Control, KeyView, NewKey } from '../control/control.ts'
import type { KeyCache } from '../core/key-cache.ts'
import type { Priority } from '../core/priority.ts'
import { actor } from './actor.ts'
import { Misuse } from './failure.ts'
import { momentJson, momentText } from './moments.ts'
import { named } from './named.ts'
import { type StoreOptions, withControl } from './open-control.ts'
import { inOrder } from './order.ts'
import { print, printJson, tell } from './output.ts'
import { table } from './table.ts'

/** What a key may be given, as the command line reads it. */
export interface KeyOptions extends StoreOptions {
  readonly org?: string
  readonly team?: string
  readonly user?: string
  readonly models?: readonly string[]
  readonly doors?: readonly string[]
  readonly priority?: Priority
  readonly weight?: number
  readonly cache?: KeyCache
  /** Unix milliseconds. */
  readonly expires?: number
}

/** Lists every key, those of the configuration too, without any secret. */
export const listKeys = (options: StoreOptions): Promise<void> =>
  withControl(options, async (control) => {
    const keys = (await control.keys()).toSorted((one, other) => inOrder(one.name, other.name))
    if (options.json) return printJson(keys.map(keyJson))
    print(
      table(['NAME', 'KEY', 'ORG', 'TEAM', 'USER', 'MODELS', 'DOORS', 'STATE', 'EXPIRES (UTC)', 'FROM'], keys.map(row)),
    )
  })

/** Makes a key. Its secret is all that goes to standard output. */
export const createKey = (name: string, options: KeyOptions): Promise<void> =>
  withControl({ ...options, makes: true }, async (control) => {
    const made = await control.createKey({ name, ...wishOf(options) }, actor())
    tellSecret(made, options.json, `Key ${name} was made. Its secret is shown only now:`)
  })

/** Gives a key another secret. The earlier one works for `overlap` milliseconds more. */
export const rotateKey = (name: string, options: StoreOptions & { readonly overlap: number }): Promise<void> =>
  withControl(options, async (control) => {
    const made = await ofKey(control, name, () => control.rotateKey(name, options.overlap, actor()))
    const earlier = options.overlap === 0 ? 'no longer works' : `works for ${durationText(options.overlap)} more`
    tellSecret(made, options.json, `Key ${name} has a new secret, shown only now; the earlier one ${earlier}.`)
  })

/** What a key can be without. */
export type Clearable = 'org' | 'team' | 'user' | 'models' | 'doors' | 'priority' | 'weight' | 'cache' | 'expires'

/** Changes what a key belongs to and may do. */
export const changeKey = (
  name: string,
  { clear = [], ...options }: KeyOptions & { readonly clear?: readonly Clearable[] },
): Promise<void> => {
  const both = clear.find((field) => options[field] !== undefined)
  if (both !== undefined) throw new Misuse(`--${both} and --clear ${both} contradict each other.`)
  const taken = Object.fromEntries(clear.map((field) => [field === 'expires' ? 'expiresAt' : field, undefined]))
  const changes = { ...wishOf(options), ...taken }
  if (Object.keys(changes).length === 0)
    throw new Misuse('Nothing to change was named: give --team, --models or the like, or --clear.')
  return withControl(options, async (control) => {
    const key = await ofKey(control, name, () => control.changeKey(name, changes, actor()))
    tellKey(key, options.json, `Key ${name} was changed.`)
  })
}

/** Makes a key worthless for ever; servers on the same store refuse it within a second. */
export const revokeKey = (name: string, options: StoreOptions): Promise<void> =>
  withControl(options, async (control) => {
    const key = await ofKey(control, name, () => control.revokeKey(name, actor()))
    tellKey(key, options.json, `Key ${name} is revoked: every server on this store refuses it within a second.`)
  })

const ofKey = <T>(control: Control, name: string, work: () => Promise<T>): Promise<T> =>
  named({ what: 'key', name, known: async () => (await control.keys()).map((key) => key.name) }, work)

const given = ['org', 'team', 'user', 'models', 'doors', 'priority', 'weight', 'cache'] as const

/** Only what was given: a field that is absent stays as it is. */
const wishOf = ({ expires, ...options }: KeyOptions): Omit<NewKey, 'name'> =>
  Object.fromEntries(
    [...given.map((field) => [field, options[field]] as const), ['expiresAt', expires] as const].filter(
      ([, value]) => value !== undefined,
    ),
  )

interface WithSecret {
  readonly key: KeyView
  readonly secret: string
}

const tellSecret = ({ key, secret }: WithSecret, json: boolean | undefined, words: string): void => {
  if (json) {
    printJson({ key: keyJson(key), secret })
    return
  }
  tell(words)
  print(secret)
}

const tellKey = (key: KeyView, json: boolean | undefined, words: string): void => {
  if (json) printJson(keyJson(key))
  else print(words)
}

const keyJson = ({ createdAt, expiresAt, isDeclared, ...key }: KeyView) => ({
  ...key,
  createdAt: momentJson(createdAt),
  expiresAt: momentJson(expiresAt),
  declared: isDeclared,
})

const row = (key: KeyView): string[] => [
  key.name,
  key.shown,
  key.org ?? '',
  key.team ?? '',
  key.user ?? '',
  key.models?.join(' ') ?? 'all',
  key.doors?.join(' ') ?? '',
  key.state,
  momentText(key.expiresAt) || 'never',
  key.isDeclared ? 'configuration' : 'store',
]
