import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openaiError, startFakeUpstream } from '../../testing/index.ts'
import { ask, closeIdle } from '../faults/client.ts'
import { openaiAt, startGateway } from '../faults/harness.ts'
import { createProviderMeter, type Metering } from './provider-meter.ts'
import { answerAfter } from './rig.ts'

after(closeIdle)

const minute = 60_000
const perMinute = 300
const minutes = 3

describe('a limit that nobody tells', { concurrency: true }, () => {
  for (const metering of ['sliding', 'fixed'] satisfies Metering[])
    test(`a provider that refuses beyond ${perMinute} calls in ${metering} minutes, and tells nothing, soon refuses next to nothing`, {
      timeout: 8 * minute,
    }, async () => {
      await using upstream = await startFakeUpstream()
      const meter = createProviderMeter(metering, perMinute)
      const answer = answerAfter(300)
      const asked: { readonly at: number; readonly isTaken: boolean }[] = []
      upstream.always((request) => {
        const at = performance.now()
        const isTaken = meter.takes(1, at)
        asked.push({ at, isTaken })
        // Neither says anything of limits in its headers.
        return { ...(isTaken ? answer(request) : openaiError(429, 'rate_limit_exceeded', 'Slow down.')), headers: {} }
      })
      await using gateway = await startGateway({
        providers: { one: { ...openaiAt(upstream.url), queue: { maxWait: '15s', length: 1_000 } } },
        models: { chat: { targets: ['one/m'], retry: { attempts: 1 } } },
      })
      const began = performance.now()
      const asking: Promise<unknown>[] = []
      while (performance.now() - began < minutes * minute) {
        while (asking.length < ((performance.now() - began) * perMinute * 1.4) / minute) asking.push(ask(gateway.port))
        await sleep(20)
      }
      await Promise.all(asking)
      const late = asked.filter(({ at }) => at >= began + 2 * minute && at < began + minutes * minute)
      const refused = late.filter(({ isTaken }) => !isTaken).length
      const used = (late.length - refused) / (perMinute * (minutes - 2))
      console.log({
        metering,
        refused,
        sent: late.length,
        used,
        before: asked.filter(({ isTaken }) => !isTaken).length,
      })
      assert.ok(refused <= 0.01 * late.length, `${refused} of ${late.length} were refused`)
      assert.ok(used >= 0.9, `${used} of the limit was used`)
    })
})
