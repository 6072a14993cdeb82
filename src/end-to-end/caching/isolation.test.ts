import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CacheRules } from '../../core/cache-rules.ts'
import type { Caller } from '../../core/call.ts'
import type { ScopeWidth } from '../../core/identity.ts'
import { openaiText, type ReceivedRequest, type Step } from '../../testing/index.ts'
import { asked } from '../embeddings/rig.ts'
import { type Door, talkingDoors, vectorDoors } from './doors.ts'
import { type CachingRig, startCaching } from './rig.ts'

/** By credential. Some of their names become each other's where a border between names is lost. */
const principals: Readonly<Record<string, Caller>> = {
  'shop of acme': { key: 'one', team: 'shop', org: 'acme' },
  'shop of acme too': { key: 'two', team: 'shop', org: 'acme' },
  'shop of zen': { key: 'three', team: 'shop', org: 'zen' },
  shop: { key: 'four', team: 'shop' },
  'acme/shop': { key: 'five', team: 'acme/shop' },
  acme: { key: 'six', org: 'acme' },
  alone: { key: 'shop' },
  'alone too': { key: 'acme/shop' },
}

const credentials = Object.keys(principals)
const callerOf = (credential = ''): Caller => principals[decodeURIComponent(credential)] ?? { key: 'nobody' }

/** Who shares answers with somebody, worked out here once more. */
const groupOf = (credential: string, width: ScopeWidth): string => {
  const { key, team, org } = callerOf(encodeURIComponent(credential))
  if (width === 'gateway') return 'everybody'
  if (width === 'org' && org !== undefined) return `the org ${org}`
  if (width !== 'key' && team !== undefined) return `the team ${team} of ${org ?? 'none'}`
  return `the key ${key} alone`
}

/** Every answer of the upstream has a number of its own, so that it shows wherever it is given again. */
const numbered = () => {
  let count = 1000
  return (received: ReceivedRequest): Step => {
    if (!received.path.includes('/embeddings')) {
      const { stream } = JSON.parse(received.body) as { stream?: boolean }
      return openaiText(`answer-${count++}-`, { stream: stream === true })
    }
    const data = asked(received).texts.map((_, index) => ({ object: 'embedding', index, embedding: [count++, 0.5] }))
    return { body: JSON.stringify({ object: 'list', data, model: 'm', usage: { prompt_tokens: 2, total_tokens: 2 } }) }
  }
}

const start = async (rules: Partial<CacheRules>): Promise<CachingRig> => {
  const rig = await startCaching({ rules, caller: callerOf })
  rig.upstream.always(numbered())
  return rig
}

/** Asks, and gives the numbers in what is answered. */
const ask = async (rig: CachingRig, door: Door, credential: string, question: string): Promise<readonly string[]> => {
  const response = await fetch(`${rig.url}${door.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${encodeURIComponent(credential)}` },
    body: JSON.stringify(door.body(question)),
  })
  const told = Buffer.from(await response.arrayBuffer()).toString('latin1')
  assert.equal(response.status, 200, `${door.name}: ${told}`)
  const numbers = [...told.matchAll(/answer-(\d+)-|(\d{4,5}),\s*0\.5\b/g)].map(
    ([, answer, vector]) => answer ?? vector ?? '',
  )
  assert.ok(numbers.length > 0, `${door.name}: ${told}`)
  return [...new Set(numbers)]
}

/** Who got which answers: each belongs to one scope and one question, or somebody was told what was not for them. */
const createWitness = (width: ScopeWidth) => {
  const owners = new Map<string, string>()
  const scopes = new Set<string>()
  return {
    scopes,
    saw: (credential: string, question: string, numbers: readonly string[]): void => {
      const scope = groupOf(credential, width)
      scopes.add(scope)
      for (const number of numbers) {
        const owner = `${scope} asked ${question}`
        assert.equal(owners.get(number) ?? owner, owner, `answer ${number}, told to ${credential}`)
        owners.set(number, owner)
      }
    },
  }
}

const outcomes = (rig: CachingRig): ReadonlySet<string | undefined> =>
  new Set(rig.records.map(({ notes }) => notes.cache?.outcome))

const widths: readonly ScopeWidth[] = ['key', 'team', 'org', 'gateway']

describe('no answer of another scope', () => {
  for (const scope of widths) {
    test(`is told at any door, one after another, where answers are shared by ${scope}`, async () => {
      await using rig = await start({ scope })
      const witness = createWitness(scope)
      for (const door of talkingDoors)
        for (const credential of credentials)
          witness.saw(credential, 'What is it?', await ask(rig, door, credential, 'What is it?'))
      // And each scope has asked once, whatever its language: what is not shared because nothing is would prove nothing.
      assert.equal(rig.upstream.journal.length, witness.scopes.size)
      assert.ok(outcomes(rig).has('hit'))
    })

    test(`is told to those who ask at once, where answers are shared by ${scope}`, async () => {
      await using rig = await start({ scope })
      const witness = createWitness(scope)
      const step = numbered()
      const { promise, resolve } = Promise.withResolvers<void>()
      rig.upstream.always((received) => promise.then(() => step(received)))
      const all = Promise.all(
        talkingDoors.flatMap((door) =>
          credentials.map(async (credential) =>
            witness.saw(credential, 'What is it?', await ask(rig, door, credential, 'What is it?')),
          ),
        ),
      )
      await until(() => rig.gateway.inFlight === credentials.length * talkingDoors.length).finally(resolve)
      await all
      assert.ok(rig.upstream.journal.length < (credentials.length * talkingDoors.length) / 2)
      assert.ok(outcomes(rig).has('coalesced'))
    })

    test(`is told as the answer to a similar question, where answers are shared by ${scope}`, async () => {
      await using rig = await start({
        scope,
        semantic: { embed: { kind: 'ngrams' }, maxFalseHits: 1, check: 0, shadow: false },
      })
      const witness = createWitness(scope)
      const alike = ['How do I reset my password?', 'How can I reset my password?']
      for (const question of alike)
        for (const [at, credential] of credentials.entries()) {
          const door = talkingDoors[at % talkingDoors.length] as Door
          witness.saw(credential, 'about passwords', await ask(rig, door, credential, question))
          await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
        }
      assert.ok(outcomes(rig).has('semantic'))
    })

    test(`is told in vectors, where they are shared by ${scope}`, async () => {
      await using rig = await start({ scope })
      const owners = new Map<string, string>()
      for (const door of [...vectorDoors, ...vectorDoors])
        for (const credential of credentials) {
          const owner = groupOf(credential, scope)
          for (const number of await ask(rig, door, credential, 'What is it?')) {
            assert.equal(owners.get(number) ?? owner, owner, `vector ${number}, told to ${credential}`)
            owners.set(number, owner)
          }
        }
      assert.equal(owners.size, new Set(owners.values()).size * 2, 'two vectors for each scope')
    })
  }

  test('is told where many ask many things in any order, all at once', async () => {
    await using rig = await start({
      scope: 'team',
      semantic: { embed: { kind: 'ngrams' }, maxFalseHits: 1, check: 0, shadow: false },
    })
    const witness = createWitness('team')
    const questions: readonly (readonly [string, string])[] = [
      ['about passwords', 'How do I reset my password?'],
      ['about passwords', 'How can I reset my password?'],
      ['about opening', 'When does the shop open on Sundays?'],
      ['about bread', 'Do you have bread without gluten?'],
    ]
    let left = 320
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const [about, question] = pick(questions)
        const credential = pick(credentials)
        witness.saw(credential, about, await ask(rig, pick(talkingDoors), credential, question))
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
    assert.ok(rig.upstream.journal.length < 160, `${rig.upstream.journal.length} questions went on`)
    for (const outcome of ['hit', 'miss']) assert.ok(outcomes(rig).has(outcome as never), outcome)
  })
})

const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(Math.random() * list.length)] as Item

const until = async (isTrue: () => boolean): Promise<void> => {
  const deadline = Date.now() + 8_000
  while (!isTrue()) {
    assert.ok(Date.now() < deadline, 'It did not come to be in time.')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
