import assert from 'node:assert/strict'
import { once } from 'node:events'
import { appendFile, readdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openDoor } from '../../cli/admin-door.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { openaiText } from '../../testing/index.ts'
import { adminToken, callerKey, type ObserveRig, startObserveRig } from './rig.ts'

let rig: ObserveRig

before(async () => {
  rig = await startObserveRig()
  rig.upstream.always(openaiText('fine', { usage: { input: 100, output: 10 } }))
})

after(() => rig[Symbol.asyncDispose]())

const answered = async (more: JsonObject = {}): Promise<void> => {
  await (await rig.call(more)).text()
}

/** Follows what happens from the first event on; `wait` gives the first event that is wanted. */
const follow = (path: string) => {
  const leaving = new AbortController()
  const events = openDoor({ url: rig.running.url, token: adminToken }).follow(path, leaving.signal)
  const read = events[Symbol.asyncIterator]()
  const next = async (name: string): Promise<JsonObject> => {
    for (;;) {
      const { value, done } = await read.next()
      if (done) throw new Error('The events have ended.')
      const data: unknown = JSON.parse(value.data)
      if (value.event === name && isObject(data)) return data
    }
  }
  return { next, leave: () => leaving.abort(), isOver: async () => (await read.next()).done === true }
}

describe('what happens in a server', () => {
  test('is told as calls end, and each second in sums', async () => {
    const { next, leave } = follow('/live')
    await next('tick')
    await answered()
    const call = await next('call')
    assert.deepEqual([call.model, call.target, call.outcome, call.costUsd], ['chat', 'open/a', 'ok', '0.0002'])
    const tick = await next('tick')
    const { minute } = tick
    assert.ok(isObject(minute))
    assert.deepEqual([minute.calls, minute.costUsd, tick.inFlight, tick.dropped], [1, '0.0002', 0, 0])
    assert.deepEqual(tick.health, [])
    leave()
  })

  test('is narrowed down, and told without single calls where they are not wanted', async () => {
    const [code, quiet] = [follow('/live?model=code'), follow('/live?calls=0')]
    await Promise.all([code.next('tick'), quiet.next('tick')])
    await answered()
    await answered({ model: 'code' })
    assert.equal((await code.next('call')).model, 'code')
    await quiet.next('tick')
    code.leave()
    quiet.leave()
  })

  test('is sampled, and says how many calls it left out', async () => {
    const { next, leave } = follow('/live')
    await next('tick')
    await Promise.all(Array.from({ length: 45 }, () => answered()))
    let dropped = 0
    while (dropped === 0) dropped = Number((await next('tick')).dropped)
    assert.ok(dropped > 0 && dropped <= 25, String(dropped))
    leave()
  })

  test('holds no memory for whoever does not read', async () => {
    const asked = request(`${rig.running.url}/admin/api/live`, { headers: { authorization: `Bearer ${adminToken}` } })
    asked.end()
    const [response] = await once(asked, 'response')
    response.pause()
    const heapBefore = process.memoryUsage().arrayBuffers
    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 20 }, () => answered()))
    assert.ok(process.memoryUsage().arrayBuffers - heapBefore < 20_000_000)
    asked.on('error', () => {}).destroy()
  })

  test('ends when the server stops, which does not wait for it', async () => {
    const { next, isOver } = follow('/live?calls=0')
    await next('tick')
    const begun = performance.now()
    await rig.restart()
    assert.ok(await isOver())
    assert.ok(performance.now() - begun < 5_000)
  })
})

describe('a file of calls that breaks', () => {
  test('fails no call, is set aside, and is followed by a new one', async () => {
    await answered()
    await rig.ask('/overview')
    for (const end of ['', '-wal']) {
      const file = join(rig.folder, `tollgate-calls.db${end}`)
      await writeFile(file, Buffer.alloc(200_000, 'damaged'))
      await appendFile(file, 'x')
    }
    for (let round = 0; round < 3; round++) {
      assert.equal((await rig.call()).status, 200)
      await rig.ask('/overview')
    }
    await rig.restart()
    assert.equal((await rig.call()).status, 200)
    assert.equal((await rig.ask('/overview')).status, 200)
    assert.ok((await readdir(rig.folder)).some((name) => name.includes('.broken-')))
  })

  test('and one that cannot even be opened is as if nothing had been asked for', async () => {
    await using other = await startObserveRig({ telemetry: { log: 'silent', calls: { file: '/dev/null/calls.db' } } })
    other.upstream.always(openaiText('fine'))
    assert.equal((await other.call({}, callerKey)).status, 200)
    const answer = await other.ask('/calls')
    assert.ok([200, 503].includes(answer.status), String(answer.status))
  })

  test('and none at all where calls are not kept', async () => {
    await using other = await startObserveRig({ telemetry: { log: 'silent', calls: false } })
    other.upstream.always(openaiText('fine'))
    assert.equal((await other.call()).status, 200)
    assert.equal((await other.ask('/calls')).status, 404)
    assert.ok(!(await readdir(other.folder)).some((name) => name.includes('calls')))
  })
})
