import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BodiesOf } from '../core/call-bodies.ts'
import type { KeptBodies } from '../stores/body-store.ts'
import type { ObservedStore } from '../stores/feedback-store.ts'
import { entriesBegin } from './sample-entries.ts'

/** Whose calls are kept for an hour, and what was said in them for half of one. */
interface OpenedBodies {
  readonly calls: ObservedStore
  close(): Promise<void>
}

const of: BodiesOf = { call: 'call-1', startedAt: entriesBegin, org: 'acme', team: 'shop', key: 'web' }

/** What was said in one call. */
export const sampleBodies = (more: Partial<BodiesOf> = {}, response = 'Hello, you.'): KeptBodies => ({
  of: { ...of, ...more },
  bodies: { request: '{"say":"Hello – ü"}', response, isRequestCut: false, isResponseCut: true },
})

/** What every store of what was said has to do. */
export const bodyStoreSuite = (name: string, open: () => Promise<OpenedBodies>): void => {
  describe(`${name}, of what was said`, () => {
    const using = (work: (calls: ObservedStore) => Promise<void>) => async (): Promise<void> => {
      const { calls, close } = await open()
      try {
        await work(calls)
      } finally {
        await close()
      }
    }

    it(
      'gives it as it came, and the newest of what has the same place',
      using(async ({ bodies }) => {
        await bodies.put([sampleBodies({}, 'first'), sampleBodies({ call: 'call-2' }), sampleBodies({}, 'second')])
        assert.deepEqual(await bodies.of(of), sampleBodies({}, 'second').bodies)
        assert.deepEqual(await bodies.of({ ...of, call: 'call-2' }), sampleBodies().bodies)
      }),
    )

    it(
      'gives nothing of another call, of another time, or to somebody else',
      using(async ({ bodies }) => {
        await bodies.put([sampleBodies()])
        const others = [{ call: 'call-2' }, { startedAt: entriesBegin + 1 }, { key: 'app' }, { team: 'lab' }]
        for (const other of [...others, { team: undefined }, { org: 'other' }])
          assert.equal(await bodies.of({ ...of, ...other }), undefined, JSON.stringify(other))
      }),
    )

    it(
      'forgets it when it is too old, and not sooner',
      using(async (calls) => {
        const later = { call: 'call-2', startedAt: entriesBegin + 60_000 }
        await calls.bodies.put([sampleBodies(), sampleBodies(later)])
        while (await calls.retain(entriesBegin + 1_800_001)) {}
        assert.equal(await calls.bodies.of(of), undefined)
        assert.ok(await calls.bodies.of({ ...of, ...later }))
      }),
    )
  })
}
