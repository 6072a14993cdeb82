import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { alarmOnceIn, DeclineWatch } from './decline.ts'

const randomOf = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
}

describe('false alarms', () => {
  for (const rate of [0, 0.002, 0.01, 0.05, 0.2, 0.5, 0.9])
    test(`come less than once in ${alarmOnceIn} where ${rate} is usual`, (context) => {
      const streams = 100
      const length = 50_000
      let alarms = 0
      for (let seed = 1; seed <= streams; seed++) {
        const random = randomOf(seed * 7_919)
        const watch = new DeclineWatch()
        for (let index = 0; index < length; index++) if (watch.see(random() < rate ? 1 : 0, index)) alarms++
      }
      context.diagnostic(`${alarms} in ${streams * length}`)
      assert.ok(alarms <= (streams * length) / alarmOnceIn, String(alarms))
    })
})
