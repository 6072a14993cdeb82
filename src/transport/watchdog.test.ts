import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayError } from '../core/errors.ts'
import { Watchdog } from './watchdog.ts'

const watch = (idleMs: number, progressMs: number) => {
  const bites: GatewayError[] = []
  const dog = new Watchdog({ idleMs, progressMs }, 'p/m', (error) => bites.push(error))
  return { bites, dog }
}

describe('watchdog', () => {
  test('bites when nothing comes while somebody waits', async () => {
    const { bites, dog } = watch(60, 10_000)
    dog.waits(true)
    await sleep(150)
    assert.equal(bites.length, 1)
    assert.match(bites[0]?.message ?? '', /nothing for 60 ms/)
    dog.stop()
  })

  test('stays quiet while nobody waits: a slow reader is no fault of the upstream', async () => {
    const { bites, dog } = watch(100, 100)
    await sleep(300)
    assert.equal(bites.length, 0)
    dog.stop()
  })

  test('a slow reader gives back its own time once, not what came meanwhile as well', async () => {
    const { bites, dog } = watch(200, 10_000)
    dog.waits(false)
    await sleep(400)
    dog.bytes(true)
    await sleep(50)
    dog.waits(true)
    await sleep(350)
    assert.equal(bites.length, 1)
    dog.stop()
  })

  test('pings feed the idle clock but not the clock of progress', async () => {
    const { bites, dog } = watch(2_000, 200)
    dog.waits(true)
    for (let round = 0; round < 40 && bites.length === 0; round++) {
      await sleep(30)
      dog.bytes(false)
    }
    assert.equal(bites.length, 1)
    assert.match(bites[0]?.message ?? '', /only pings/)
    dog.stop()
  })

  test('events that say something keep it quiet', async () => {
    const { bites, dog } = watch(600, 600)
    dog.waits(true)
    for (let round = 0; round < 24; round++) {
      await sleep(30)
      dog.bytes(true)
    }
    assert.equal(bites.length, 0)
    dog.stop()
  })
})
