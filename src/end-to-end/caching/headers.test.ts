import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { SemanticRules } from '../../core/cache-rules.ts'
import { openaiText, type ReceivedRequest, type Step } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { type Door, talkingDoors, vectorDoors } from './doors.ts'
import { type CachingRig, startCaching } from './rig.ts'

const vectorsFor = (input: readonly unknown[]): Step => {
  const data = input.map((_, index) => ({ object: 'embedding', index, embedding: [0.5, 0.25] }))
  const usage = { prompt_tokens: 9, total_tokens: 9 }
  return { body: JSON.stringify({ object: 'list', data, model: 'text-embedding-3-small', usage }) }
}

const answer = (request: ReceivedRequest): Step => {
  const body = JSON.parse(request.body)
  return request.path.endsWith('/embeddings')
    ? vectorsFor([body.input].flat())
    : openaiText('Good day.', { stream: body.stream === true, usage: { input: 7, output: 3 } })
}

interface Told {
  readonly status: number
  readonly of: (name: string) => string | null
}

const ask = async (rig: CachingRig, door: Door, question = 'Hello'): Promise<Told> => {
  const response = await fetch(`${rig.url}${door.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(door.body(question)),
  })
  await response.arrayBuffer()
  return { status: response.status, of: (name) => response.headers.get(name) }
}

const start = async (options: Parameters<typeof startCaching>[0] = {}): Promise<CachingRig> => {
  const rig = await startCaching(options)
  rig.upstream.always(answer)
  return rig
}

const chat = talkingDoors.find(({ name }) => name === 'chat') as Door

const isHitThatCostNothing = ({ of }: Told, outcome: string): void => {
  assert.equal(of('x-tollgate-cache'), outcome)
  assert.match(of('age') ?? '', /^\d+$/)
  assert.deepEqual([of('x-tollgate-attempts'), of('x-tollgate-cost-usd')], ['0', '0'])
  assert.match(of('x-tollgate-saved-usd') ?? '', /^0\.0000\d+$/)
  assert.match(of('cache-control') ?? '', /^no-store/)
}

describe('the headers of an answer from memory', () => {
  for (const door of [...talkingDoors, ...vectorDoors])
    test(`are there at the door ${door.name}`, async () => {
      await using rig = await start()
      const first = await ask(rig, door)
      assert.deepEqual([first.status, first.of('x-tollgate-cache'), first.of('age')], [200, 'miss', null])
      await until(() => rig.put.length > 0, 'It was not kept.')
      const again = await ask(rig, door)
      assert.equal(again.status, 200)
      isHitThatCostNothing(again, 'hit')
      assert.equal(rig.upstream.journal.length, 1)
    })

  test('say of an answer that is renewed that it is stale, and how old it is', async () => {
    await using rig = await start({ rules: { ttlMs: 1_000, staleMs: 3_600_000 } })
    await ask(rig, chat)
    await until(() => rig.put.length > 0, 'It was not kept.')
    let told = await ask(rig, chat)
    for (let left = 60; left > 0 && told.of('x-tollgate-cache') === 'hit'; left--) {
      await setTimeout(50)
      told = await ask(rig, chat)
    }
    isHitThatCostNothing(told, 'stale')
    await until(() => rig.put.length > 1, 'It was not kept.')
    assert.equal((await ask(rig, chat)).of('x-tollgate-cache'), 'hit')
  })

  test('say of an answer to other words that it is one', async () => {
    const semantic: SemanticRules = { embed: { kind: 'ngrams' }, maxFalseHits: 0.005, check: 0, shadow: false }
    await using rig = await start({ rules: { semantic } })
    await ask(rig, chat, 'How do I reset my password?')
    await until(() => rig.put.length > 0, 'It was not kept.')
    // It joins what is compared in the turn after.
    await setTimeout(20)
    isHitThatCostNothing(await ask(rig, chat, 'How can I reset my password?'), 'semantic')
  })

  test('say of answers that came together which one was asked for', async () => {
    await using rig = await start()
    let letGo = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    rig.upstream.always(async (request) => {
      await gate
      return answer(request)
    })
    const asked = [ask(rig, chat), ask(rig, chat), ask(rig, chat)]
    await until(() => rig.gateway.inFlight === 3, 'They were not under way.')
    letGo()
    const told = await Promise.all(asked)
    const outcomes = told.map(({ of }) => of('x-tollgate-cache')).toSorted()
    assert.deepEqual(outcomes, ['coalesced', 'coalesced', 'miss'])
    for (const { of } of told.filter(({ of: header }) => header('x-tollgate-cache') === 'coalesced'))
      assert.deepEqual([of('x-tollgate-attempts'), of('x-tollgate-cost-usd')], ['0', '0'])
    assert.equal(rig.upstream.journal.length, 1)
  })
})
