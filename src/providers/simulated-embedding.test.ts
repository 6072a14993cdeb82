import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Attempt } from '../core/call.ts'
import type { Embed } from '../core/embed.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import { noChat } from '../core/request.ts'
import { createSimulated } from './simulated.ts'
import { attemptOf, instant } from './simulated-asking.ts'

const asking = (embed: Embed, model = 'embed'): Attempt => {
  const attempt = attemptOf(noChat, { model })
  return { ...attempt, request: { ...attempt.request, operation: 'embed', stream: false, embed } }
}
const answerTo = async (embed: Embed): Promise<JsonObject> => {
  const answer = await createSimulated(instant).answer(asking(embed))
  const chunk = await answer.pull()
  const body: unknown = JSON.parse(Buffer.from(chunk?.bytes ?? []).toString())
  assert.ok(isObject(body))
  return body
}
const vectorsOf = async (texts: readonly string[], dimensions?: number): Promise<number[][]> => {
  const { data } = await answerTo({ inputs: texts.map((text) => ({ kind: 'text', text })), dimensions })
  return (data as unknown as { embedding: number[] }[]).map(({ embedding }) => embedding)
}
const likeness = (one: readonly number[] = [], other: readonly number[] = []): number =>
  one.reduce((sum, number, index) => sum + number * (other[index] ?? 0), 0)

describe('the simulated model that makes vectors', () => {
  test('gives the same vector of length 1 for the same text, of as many numbers as are asked for', async () => {
    const [first, second] = await vectorsOf(['A red fox', 'A red fox'])
    assert.deepEqual(first, second)
    assert.equal(first?.length, 256)
    assert.ok(Math.abs(likeness(first, first) - 1) < 1e-9)
    assert.equal((await vectorsOf(['A red fox'], 12))[0]?.length, 12)
  })

  test('puts texts that have much in common nearer to each other than those that have not', async () => {
    const [fox, foxes, bank] = await vectorsOf([
      'The quick brown fox jumps over the lazy dog',
      'Quick brown foxes jumped over lazy dogs',
      'Interest rates were raised by the central bank',
    ])
    assert.ok(likeness(fox, foxes) > likeness(fox, bank) + 0.3)
  })

  test('gives a vector to what holds no word at all, and to tokens', async () => {
    assert.equal(likeness(...((await vectorsOf(['', '…'])) as [number[], number[]])), 1)
    const { data, usage } = await answerTo({ inputs: [{ kind: 'tokens', tokens: [1, 2, 3] }] })
    assert.equal((data as readonly unknown[]).length, 1)
    assert.deepEqual(usage, { prompt_tokens: 3, total_tokens: 3 })
  })

  test('refuses an input that is longer than it reads', async () => {
    await assert.rejects(vectorsOf(['one two three '.repeat(5_000)]), {
      code: 'upstream_rejected',
      details: { outcome: 'context' },
    })
  })

  test('makes no words, and the others make no vectors', async () => {
    const { answer } = createSimulated(instant)
    const incapable = { details: { outcome: 'incapable', param: 'embed' } }
    await assert.rejects(answer(asking({ inputs: [{ kind: 'text', text: 'a' }] }, 'small')), incapable)
    await assert.rejects(answer(attemptOf(noChat, { model: 'embed' })), {
      details: { outcome: 'incapable', param: 'chat' },
    })
  })
})
