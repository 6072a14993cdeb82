import assert from 'node:assert/strict'
import { Agent, request } from 'undici'
import { openaiText, type ReceivedRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { openaiAt, seeded } from '../faults/harness.ts'
import { callNanos, callUsd, type Fleet, key, linesOf, standingsOf, startFleet } from './fleet.ts'

export interface Crowd {
  readonly processes: number
  readonly calls: number
  /** US dollars for all. */
  readonly usd: number
  readonly stream?: boolean | undefined
  /** Some callers leave, some targets fail: then a call may be paid and not served. */
  readonly trouble?: boolean | undefined
  readonly seed?: number | undefined
}

export interface Outcome {
  readonly served: number
  readonly denied: number
  readonly other: readonly string[]
  /** Requests that reached the upstream and were answered there. */
  readonly paid: number
}

/** A configuration in which every call costs the same. */
export const configFor = (url: string, usd: number) => ({
  providers: { one: openaiAt(url), two: openaiAt(url) },
  models: { chat: { targets: ['one/m', 'two/m'], policies: ['order' as const] } },
  prices: {
    'one/*': { input: 0, output: 0, perCall: callUsd },
    'two/*': { input: 0, output: 0, perCall: callUsd },
  },
  keys: [{ name: 'web', key, budget: { usd, per: 'total' } }],
})

const ask = async (
  url: string,
  dispatcher: Agent,
  options: { stream: boolean; leaveMs: number | undefined },
): Promise<string> => {
  const leave = new AbortController()
  const timer = options.leaveMs === undefined ? undefined : setTimeout(() => leave.abort(), options.leaveMs)
  try {
    const answer = await request(`${url}/v1/chat/completions`, {
      method: 'POST',
      dispatcher,
      signal: leave.signal,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'chat',
        stream: options.stream,
        max_tokens: 64,
        messages: [{ role: 'user', content: 'Hello.' }],
      }),
    })
    const text = await answer.body.text()
    if (answer.statusCode === 200) return options.stream && !text.includes('[DONE]') ? 'cut' : 'served'
    return answer.statusCode === 402 ? 'denied' : `${answer.statusCode} ${text}`
  } catch (thrown) {
    return leave.signal.aborted ? 'left' : `failed: ${thrown}`
  } finally {
    clearTimeout(timer)
  }
}

const upstreamStep =
  (random: () => number, trouble: boolean) =>
  (received: ReceivedRequest): Step => {
    const { stream } = JSON.parse(received.body)
    const mood = trouble ? random() : 1
    if (mood < 0.1) return { status: 500, body: '{"error":{"message":"no","type":"server_error"}}' }
    if (mood < 0.2) return { ...openaiText('One two three.', { stream }), cut: { atByte: 200, by: 'reset' } }
    return { ...openaiText('One two three.', { stream }), headDelayMs: Math.floor(random() * 10) }
  }

/** Asks all at once, spread over the processes, and counts what became of it. */
export const flood = async (fleet: Fleet, crowd: Crowd, random: () => number): Promise<readonly string[]> => {
  const dispatcher = new Agent({ connections: Math.ceil(crowd.calls / fleet.members.length), pipelining: 1 })
  try {
    return await Promise.all(
      Array.from({ length: crowd.calls }, (_, index) =>
        ask((fleet.members[index % fleet.members.length] as { url: string }).url, dispatcher, {
          stream: crowd.stream ?? false,
          leaveMs: crowd.trouble && random() < 0.2 ? Math.floor(random() * 40) : undefined,
        }),
      ),
    )
  } finally {
    await dispatcher.close()
  }
}

/**
 * A crowd that wants more than the budget allows. Afterwards the store must hold exactly what the upstream was asked
 * for, never more than the limit, and nothing may be held.
 */
export const overspend = async (crowd: Crowd): Promise<Outcome> => {
  const random = seeded(crowd.seed ?? 1)
  await using upstream = await startFakeUpstream()
  upstream.always(upstreamStep(random, crowd.trouble ?? false))
  await using fleet = await startFleet(crowd.processes, configFor(upstream.url, crowd.usd))
  const outcomes = await flood(fleet, crowd, random)
  await fleet.stop()
  const limit = BigInt(Math.round(crowd.usd * 1e9))
  const standing = (await standingsOf(fleet.path)).find(({ subject }) => subject === 'key:web')
  assert.ok(standing, 'the budget was used')
  assert.equal(standing.leased, 0n, 'nothing is held')
  assert.equal(standing.lost, 0n, 'nothing was lost')
  assert.ok(standing.settled <= limit, `${standing.settled} of ${limit} was spent`)
  const lines = await linesOf(fleet.path)
  const known = lines.reduce((sum, { cost }) => sum + BigInt(cost ?? '0'), 0n)
  assert.equal(known, standing.settled, 'the lines add up to what was settled')
  assert.equal(known % callNanos, 0n)
  const count = (what: string): number => outcomes.filter((each) => each === what).length
  const plain = new Set(['served', 'denied', 'left', 'cut'])
  return {
    served: count('served'),
    denied: count('denied'),
    other: outcomes.filter((each) => !plain.has(each)),
    paid: Number(known / callNanos),
  }
}
