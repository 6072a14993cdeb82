import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CallRecord } from '../../core/record.ts'
import { createSqliteCalls } from '../../stores/sqlite/calls.ts'
import { createCallSink } from '../../telemetry/call-sink.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import { sampleLine, sampleRecord } from '../../testing/sample-records.ts'

const calls = 1_000_000
const endUsers = 100_000
const hourMs = 3_600_000
const begin = Math.floor(Date.now() / hourMs) * hourMs - hourMs
const words = { known: (text: string) => text, fresh: (text: string) => text }

/** An hour's calls of five models, ten targets and twenty keys, from a hundred thousand end users. */
const recordAt = (index: number, random: number): CallRecord => {
  const durationMs = 20 + 5_000 * random ** 4
  const target = `p${index % 2}/m${index % 5}`
  const isWell = index % 50 !== 0
  return sampleRecord({
    id: `call-${index}`,
    startedAt: begin + Math.floor((index * hourMs) / calls),
    durationMs,
    firstTokenMs: durationMs / 4,
    model: `m${index % 5}`,
    target: isWell ? target : undefined,
    outcome: isWell ? 'ok' : 'error',
    error: isWell ? undefined : 'upstream_failed',
    caller: { key: `key-${index % 20}`, team: `team-${index % 4}`, endUser: `user-${(index * 7_919) % endUsers}` },
    attempts: [sampleLine({ target, ended: durationMs, costNanos: BigInt(index), outcome: isWell ? 'ok' : 'server' })],
    costNanos: BigInt(index),
  })
}

describe('a million calls of a hundred thousand end users', () => {
  test('are kept without memory, told exactly and soon, and do not swell the metrics', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const folder = await mkdtemp(join(tmpdir(), 'tollgate-million-'))
    const path = join(folder, 'calls.db')
    const keep = { keepMs: 7 * 86_400_000, mostBytes: undefined }
    const store = await createSqliteCalls({ path, keep, warn: (message) => assert.fail(message) })
    const sink = createCallSink({ store, words, now: Date.now })
    const metrics = createMetrics({ process: false })
    const durations = new Float64Array(calls)
    collect()
    const heapBefore = process.memoryUsage().heapUsed
    let mostHeap = 0
    let state = 1
    const begun = performance.now()
    for (let index = 0; index < calls; index++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      const record = recordAt(index, state / 2 ** 32)
      durations[index] = record.durationMs
      sink.sink(record)
      metrics.sink(record)
      if (index % 10_000 !== 9_999) continue
      while (sink.waiting() > 5_000) await new Promise((resolve) => setTimeout(resolve, 5))
      if (index % 100_000 !== 99_999) continue
      collect()
      mostHeap = Math.max(mostHeap, process.memoryUsage().heapUsed)
    }
    while (sink.waiting() > 0) await sink.flush()
    const perSecond = calls / ((performance.now() - begun) / 1_000)
    assert.equal(sink.dropped(), 0)
    assert.ok(mostHeap - heapBefore < 64_000_000, `${mostHeap - heapBefore} bytes of heap`)

    const timed = async <T>(name: string, most: number, work: () => Promise<T>): Promise<T> => {
      let result = await work()
      let ms = Number.POSITIVE_INFINITY
      // The quickest of some, as others may keep this machine busy.
      for (let round = 0; round < 5; round++) {
        const from = performance.now()
        result = await work()
        ms = Math.min(ms, performance.now() - from)
      }
      console.log(`${name}: ${ms.toFixed(0)} ms`)
      assert.ok(ms < most, `${name} took ${ms} ms`)
      return result
    }
    const all = { from: begin, to: begin + hourMs, where: {} }
    const { total, points } = await timed('overview', 300, () => store.figures({ ...all, step: 'minute' }))
    assert.deepEqual([total.counts.calls, points.length], [calls, 60])
    assert.equal(total.cost, (BigInt(calls) * BigInt(calls - 1)) / 2n)
    durations.sort()
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = durations[Math.ceil(share * calls) - 1] as number
      assert.ok(Math.abs((total.latency.percentile(share) as number) / exact - 1) < 0.01)
    }
    await timed('overview of a key', 300, () => store.figures({ ...all, step: 'minute', where: { key: 'key-7' } }))
    const user = { endUser: `user-${(123_456 * 7_919) % endUsers}` }
    const found = await timed('calls of an end user', 300, () => store.list({ ...all, where: user, limit: 100 }))
    assert.equal(found.entries.length, calls / endUsers)
    await timed('newest calls', 100, () => store.list({ ...all, where: {}, limit: 50 }))
    await timed('failed calls', 100, () => store.list({ ...all, where: { error: 'upstream_failed' }, limit: 50 }))
    assert.equal((await timed('one call', 300, () => store.find('call-4711')))?.id, 'call-4711')

    const text = await metrics.text()
    assert.ok(text.length < 5_000_000, `${text.length} bytes of metrics`)
    const { size } = await stat(path)
    console.log(
      `${Math.round(perSecond)} calls/s kept, ${Math.round(size / calls)} bytes each, metrics ${text.length} bytes`,
    )
    await sink.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
})
