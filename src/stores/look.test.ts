import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createAnswerCache } from './cache-tiers.ts'
import type { AnswerCache, CacheEntry, Finding } from './store.ts'

const entry = (key: string): CacheEntry => ({
  key,
  scope: 'team:shop',
  model: 'chat',
  owner: 'web',
  tags: {},
  storedAt: Date.now(),
  freshUntil: Date.now() + 60_000,
  expiresAt: Date.now() + 60_000,
  value: new Uint8Array(400),
})

/** Is the first answer still there, when it was found in this way again and again while others came? */
const outlives = async (answers: AnswerCache, how: Finding): Promise<boolean> => {
  answers.put(entry('first'))
  for (let index = 0; index < 1_500; index++) {
    answers.put(entry(`o${index}`))
    await answers.find('first', 'team:shop', how)
  }
  return (await answers.find('first', 'team:shop', 'look')) !== undefined
}

const warn = (): void => {}

describe('looking at a kept answer', () => {
  test('is no use of it: it makes room for others as if nobody had looked', async () => {
    for (const how of [undefined, 'look'] as const) {
      const answers = await createAnswerCache({ memoryBytes: 400_000, warn })
      assert.equal(await outlives(answers, how), how === undefined)
      await answers.close()
    }
  })

  test('leaves what lies on disk there, and finds it all the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-look-'))
    const disk = { path: join(folder, 'cache.db'), mostBytes: 1e8 }
    const before = await createAnswerCache({ memoryBytes: 1e6, disk, warn })
    before.put(entry('kept'))
    await before.close()
    const answers = await createAnswerCache({ memoryBytes: 1e6, disk, warn })
    assert.equal((await answers.find('kept', 'team:shop', 'look'))?.key, 'kept')
    assert.equal(answers.standing().memory.entries, 0)
    await answers.find('kept', 'team:shop')
    assert.equal(answers.standing().memory.entries, 1)
    await answers.close()
    await rm(folder, { recursive: true, force: true })
  })
})
