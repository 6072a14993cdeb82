import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callOf } from '../testing/sample-calls.ts'
import type { Call, Caller } from './call.ts'
import { cacheScopeOf, type FingerprintOptions, identityOf, itemKeysOf, likenessOf } from './fingerprint.ts'
import type { ScopeWidth } from './identity.ts'
import { type Chat, noChat } from './request.ts'

const pairs = 1_000_000

/** Numbers below 2^32, the same for the same seed. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** Names that become each other where a border between two of them is lost. */
const names = [
  'a',
  'b',
  'ab',
  'a/b',
  'b/a',
  'a%2Fb',
  '%',
  '/',
  '//',
  'a/',
  '/a',
  'team:a',
  'key:a',
  '*',
  ' ',
  'é',
  '\u0000',
]
const maybeNames = [undefined, '', ...names]
const widths: readonly ScopeWidth[] = ['key', 'team', 'org', 'gateway']

const settings: readonly Partial<Chat>[] = [
  {},
  { temperature: 0 },
  { temperature: 1 },
  { seed: 1 },
  { maxOutput: 1 },
  { stop: ['1'] },
  { reasoning: { effort: 'low' } },
  { format: { kind: 'json' } },
  { user: 'a' },
]

interface Asked {
  readonly caller: Caller
  readonly words: string
  readonly setting: number
  readonly options: FingerprintOptions
}

const secret = Buffer.alloc(32, 7)

const question = ({ caller, words, setting }: Asked): Call =>
  callOf({
    caller,
    chat: { messages: [{ role: 'user', parts: [{ kind: 'text', text: words }] }], ...settings[setting] },
  })

const vectors = ({ caller, words }: Asked): Call => {
  const call = callOf({ caller })
  const embed = {
    inputs: [
      { kind: 'text', text: words },
      { kind: 'text', text: 'b' },
    ],
  } as const
  return { ...call, request: { ...call.request, operation: 'embed', chat: noChat, embed } }
}

interface Names {
  readonly scope: string
  readonly key: string
  readonly frame: string | undefined
  readonly items: readonly string[]
}

const namesOf = (asked: Asked): Names => {
  const call = question(asked)
  return {
    scope: cacheScopeOf(asked.caller, asked.options.scope),
    key: identityOf(call, asked.options).key,
    frame: likenessOf(call, asked.options)?.frame,
    items: itemKeysOf(vectors(asked), asked.options) ?? [],
  }
}

const asksTheSame = (one: Asked, other: Asked): boolean => {
  const ofNoAccount = (setting: number): number => (settings[setting]?.user === undefined ? setting : 0)
  return one.words === other.words && ofNoAccount(one.setting) === ofNoAccount(other.setting)
}

test(`of ${pairs} pairs of questions, those of different scopes have nothing in common, and the same ones everything`, () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  const random = randomFrom(seed)
  const pick = <Item>(list: readonly Item[]): Item => list[random() % list.length] as Item
  const anybody = (): Caller => ({ key: pick(names), team: pick(maybeNames), org: pick(maybeNames) })
  const anything = (): Asked => ({
    caller: anybody(),
    words: pick(names),
    setting: random() % settings.length,
    options: {
      secret,
      scope: pick(widths),
      route: { name: 'chat', identity: 'targets', readsCaller: random() % 8 === 0 },
      normalize: false,
    },
  })
  /** Somebody near: one name is another, or two stand in each other's place. */
  const neighbour = (asked: Asked): Asked => {
    const { key, team, org } = asked.caller
    const near: readonly Caller[] = [
      asked.caller,
      { key, team: org, org: team },
      { key: team || key, team: key, org },
      { key, team: org ? `${org}/${team}` : team },
      { key, team, org: pick(maybeNames) },
      { key, team: pick(maybeNames), org },
      { key: pick(names), team, org },
    ]
    const options = random() % 4 === 0 ? { ...asked.options, scope: pick(widths) } : asked.options
    const other = random() % 3 === 0 ? { words: pick(names), setting: random() % settings.length } : {}
    return { ...asked, ...other, caller: pick(near), options }
  }
  const owners = new Map<string, string>()
  const seen = { apart: 0, together: 0 }
  for (let count = 0; count < pairs; count++) {
    const one = anything()
    const other = count % 4 === 0 ? anything() : neighbour(one)
    const [left, right] = [namesOf(one), namesOf(other)]
    const told = (): string => `seed ${seed}: ${JSON.stringify([one, left, other, right])}`
    const known = owners.get(left.key)
    if (known !== undefined && known !== left.scope) assert.fail(told())
    if (owners.size < 200_000) owners.set(left.key, left.scope)
    if (left.scope !== right.scope) {
      seen.apart++
      const shared = left.key === right.key || (left.frame !== undefined && left.frame === right.frame)
      if (shared || left.items.some((key) => right.items.includes(key))) assert.fail(told())
    } else if (!one.options.route.readsCaller && !other.options.route.readsCaller) {
      seen.together++
      if ((left.key === right.key) !== asksTheSame(one, other)) assert.fail(told())
      if ((left.items[0] === right.items[0]) !== (one.words === other.words)) assert.fail(told())
    }
  }
  assert.ok(seen.apart > pairs / 4 && seen.together > pairs / 8, JSON.stringify(seen))
})
