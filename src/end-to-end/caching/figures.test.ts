import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type SettingsRig, startSettingsRig } from './settings-rig.ts'

const models = `
models:
  kept: { targets: [sim/a], cache: 1h }
`

interface Row {
  readonly group: Readonly<Record<string, string>>
  readonly calls: number
  readonly attempts: number
  readonly failed: number
  readonly hits: number
  readonly unknownSaved: number
  readonly cost: { readonly nanos: string }
  readonly saved: { readonly nanos: string }
}

/** Lines are booked within a fifth of a second. */
const usageOf = async (rig: SettingsRig, by: string, calls: number): Promise<readonly Row[]> => {
  for (let left = 200; ; left--) {
    const { rows } = JSON.parse((await rig.admin('GET', `usage?by=${by}`)).text) as { readonly rows: readonly Row[] }
    if (left === 0 || rows.reduce((sum, row) => sum + row.calls, 0) >= calls) return rows
    await setTimeout(20)
  }
}

describe('what reports tell of answers from memory', () => {
  test('hits are calls without attempts, for whoever asked, with what they saved', async () => {
    await using rig = await startSettingsRig(models)
    const first = await rig.ask('kept')
    for (const key of ['key-of-the-till', 'key-of-the-till', 'key-of-the-web-shop'])
      assert.equal((await rig.ask('kept', { key })).cache, 'hit')
    const rows = await usageOf(rig, 'key', 4)
    const of = (key: string) => rows.find(({ group }) => group.key === key)
    const costNanos = String(Math.round(Number(first.headers.get('x-tollgate-cost-usd')) * 1e9))
    const [web, till] = [of('web'), of('till')]
    assert.deepEqual([web?.calls, web?.attempts, web?.hits, web?.failed], [2, 1, 1, 0])
    assert.deepEqual([web?.cost.nanos, web?.saved.nanos], [costNanos, costNanos])
    assert.deepEqual([till?.calls, till?.attempts, till?.hits, till?.unknownSaved], [2, 0, 2, 0])
    assert.deepEqual([till?.cost.nanos, till?.saved.nanos], ['0', String(2 * Number(costNanos))])
    const [byTarget] = await usageOf(rig, 'target', 4)
    assert.deepEqual([byTarget?.group.target, byTarget?.hits], ['sim/a', 3])
  })

  test('single lines tell how memory answered', async () => {
    await using rig = await startSettingsRig(models)
    await rig.ask('kept')
    await rig.ask('kept')
    await usageOf(rig, 'model', 2)
    const { data } = JSON.parse((await rig.admin('GET', 'lines')).text)
    const hit = data.find(({ memory }: { readonly memory?: string }) => memory !== undefined)
    const asked = data.find(({ memory }: { readonly memory?: string }) => memory === undefined)
    assert.deepEqual([hit.memory, hit.ordinal, hit.cost.nanos, hit.target], ['hit', 0, '0', 'sim/a'])
    assert.deepEqual([hit.saved, asked.ordinal, asked.saved], [asked.cost, 1, undefined])
  })

  test('calls that are asked together are hits but for the one that asks, and as CSV', async () => {
    await using rig = await startSettingsRig(models)
    const told = await Promise.all(Array.from({ length: 6 }, () => rig.ask('kept', { body: { max_tokens: 200 } })))
    const hits = told.filter(({ cache }) => cache !== 'miss').length
    assert.equal(hits, 5)
    const [row] = await usageOf(rig, 'model', 6)
    assert.deepEqual([row?.calls, row?.attempts, row?.hits], [6, 6 - hits, hits])
    const { text } = await rig.admin('GET', 'usage?by=model&format=csv')
    const [head = '', line = ''] = text.split('\r\n')
    assert.match(head, /,hits,saved_usd,unknown_saved,retries$/)
    assert.match(line, /^kept,\d,6,.*,\d,[\d.]+,\d,0$/)
  })

  test('what is neither cached nor asked is no hit', async () => {
    await using rig = await startSettingsRig(models)
    await rig.ask('kept', { headers: { 'x-tollgate-cache': 'off' } })
    await rig.ask('kept', { headers: { 'x-tollgate-cache': 'off' } })
    const [row] = await usageOf(rig, 'model', 2)
    assert.deepEqual([row?.calls, row?.attempts, row?.hits, row?.saved.nanos], [2, 2, 0, '0'])
  })
})
