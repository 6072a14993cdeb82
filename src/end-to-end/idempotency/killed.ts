import assert from 'node:assert/strict'
import type { Served } from '../../cli/spawned.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { type FakeUpstream, startFakeUpstream } from '../../testing/index.ts'
import { openaiAt, until } from '../faults/harness.ts'
import { type Fleet, startFleet } from '../money/fleet.ts'
import { type Answered, type Asked, askAt, numbered } from './rig.ts'

/** Servers of the command line that share one store, before an upstream that numbers its answers. */
export interface KeyedFleet extends AsyncDisposable {
  readonly fleet: Fleet
  readonly upstream: FakeUpstream
  /** Calls at the upstream so far. */
  readonly calls: number
  /** Waits until the upstream has so many. */
  arrived(count: number): Promise<void>
}

export const startKeyedFleet = async (count: number): Promise<KeyedFleet> => {
  const upstream = await startFakeUpstream()
  upstream.always(numbered(upstream))
  const config: ConfigInput = {
    providers: { up: openaiAt(upstream.url) },
    models: { chat: { targets: ['up/gpt-test'], retry: { attempts: 1 } } },
    prices: { 'up/*': { input: 1, output: 1 } },
  }
  const fleet = await startFleet(count, config)
  return {
    fleet,
    upstream,
    get calls() {
      return upstream.journal.length
    },
    arrived: (wanted) => until(() => upstream.journal.length >= wanted, `not ${wanted} calls at the upstream`, 15_000),
    async [Symbol.asyncDispose]() {
      await fleet[Symbol.asyncDispose]()
      await upstream.close()
    },
  }
}

/** Asks one of them; undefined where its connection broke. */
export const askOf = (member: Served, asked: Asked): Promise<Answered | undefined> =>
  askAt(member.url, asked).catch(() => undefined)

/** Ends a server as a machine without power does. */
export const kill = async (member: Served): Promise<void> => {
  member.child.kill('SIGKILL')
  await member.ended
}

/** An answer that must have come. */
export const whole = (answered: Answered | undefined): Answered => {
  assert.ok(answered)
  assert.equal(answered.status, 200, answered.text)
  return answered
}
