import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from '../../core/errors.ts'
import { type PageOf, type PageWish, pageByName, pageByTime } from './page.ts'

/** Every item of a list, by going from page to page. */
const walk = async <T>(read: (wish: PageWish) => PageOf<T> | Promise<PageOf<T>>, limit: number): Promise<T[]> => {
  const seen: T[] = []
  let cursor: string | undefined
  do {
    const { data, next }: PageOf<T> = await read({ cursor, limit })
    assert.ok(data.length <= limit)
    seen.push(...data)
    cursor = next
  } while (cursor !== undefined)
  return seen
}

describe('pages by name', () => {
  test('show every item once, in order, however long a page is', async () => {
    const names = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 4 }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(names, fc.integer({ min: 1, max: 8 }), async (items, limit) => {
        const wellFormed = items.filter((name) => name.isWellFormed())
        const seen = await walk((wish) => pageByName(wellFormed, (name) => name, wish), limit)
        assert.deepEqual(
          seen,
          wellFormed.toSorted((one, other) => (one < other ? -1 : 1)),
        )
      }),
    )
  })
})

describe('pages by time', () => {
  const list = (items: readonly { readonly at: number; readonly id: number }[]) => ({
    read: async (before: number = Number.POSITIVE_INFINITY, limit: number) =>
      items.filter(({ at }) => at < before).slice(0, limit),
    timeOf: ({ at }: { readonly at: number }) => at,
  })

  test('show every item once, newest first, also where many are of one moment', async () => {
    const times = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 8 }), async (moments, limit) => {
        const items = moments.toSorted((one, other) => other - one).map((at, id) => ({ at, id }))
        assert.deepEqual(await walk((wish) => pageByTime(list(items), wish), limit), items)
      }),
    )
  })

  test('what is added at the top while somebody reads is not shown twice and pushes nothing out', async () => {
    const items = [3, 2, 1].map((at) => ({ at, id: at }))
    const first = await pageByTime(list(items), { limit: 2 })
    const second = await pageByTime(list([{ at: 4, id: 4 }, ...items]), { limit: 2, cursor: first.next })
    assert.deepEqual([...first.data, ...second.data], items)
  })

  test('a cursor that was made up is refused', async () => {
    for (const text of ['', 'x', '1', '-1-1', '1-100000', '9999999999999999-1', '1-10001']) {
      const cursor = Buffer.from(text).toString('base64url')
      await assert.rejects(pageByTime(list([]), { limit: 1, cursor }), GatewayError, text)
    }
  })
})
