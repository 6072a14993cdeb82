import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createStoreTime } from './store-time.ts'
import { ThreadlessWriter } from './threadless-writer.ts'

const minuteMs = 60_000

describe("the store's own time", () => {
  let writer: ThreadlessWriter
  beforeEach(() => {
    writer = new ThreadlessWriter()
  })
  afterEach(() => writer.close())

  it("is the machine's while that goes forward", () => {
    const time = createStoreTime(writer.session)
    assert.ok(Math.abs(time.now() - Date.now()) < 50)
    writer.skewMs = minuteMs
    assert.ok(Math.abs(time.now() - Date.now() - minuteMs) < 50)
  })

  it("goes on slowly when the machine's clock is set back", async () => {
    const time = createStoreTime(writer.session)
    const first = time.now()
    writer.skewMs = -minuteMs
    const started = performance.now()
    await wait(200)
    for (let turn = 0; turn < 50; turn++) time.now()
    const passed = time.now() - first
    assert.ok(passed >= 90 && passed <= (performance.now() - started) / 2 + 1, `${passed} ms passed`)
  })

  it('is never behind what any process has written by it', () => {
    const [one, other] = [createStoreTime(writer.session), createStoreTime(writer.session)]
    const ahead = Date.now() + minuteMs
    one.keep(ahead)
    assert.ok(other.now() >= ahead)
    one.keep(ahead - 1)
    assert.ok(createStoreTime(writer.session).now() >= ahead)
  })
})
