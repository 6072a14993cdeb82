import { setTimeout as sleep } from 'node:timers/promises'
import { openaiAt } from '../faults/harness.ts'
import { key, startFleet } from '../money/fleet.ts'
import { startProviderThread } from './provider-thread.ts'
import { mostWithin } from './rig.ts'

export interface SharingOptions {
  readonly processes: number
  /** Calls that the provider allows within so many seconds. */
  readonly limit: number
  readonly seconds: number
  /** Of the limit, so much is asked for. */
  readonly load: number
  readonly forMs: number
}

/** How a provider's limit was shared. */
export interface Sharing {
  /** The most calls within any window after the first, of the limit. */
  readonly most: number
  /** After the first window, in whole ones, of what the limit allows. */
  readonly used: number
  readonly statuses: Readonly<Record<number, number>>
}

/** Several processes on one store ask one provider, together more than it allows. */
export const share = async ({ processes, limit, seconds, load, forMs }: SharingOptions): Promise<Sharing> => {
  await using provider = await startProviderThread()
  await using fleet = await startFleet(processes, {
    providers: { one: { ...openaiAt(provider.url), queue: { maxWait: '10s', length: 2_000 } } },
    models: { chat: { targets: ['one/m'], retry: { attempts: 1 } } },
    limits: [{ scope: 'provider:one', requests: `${limit}/${seconds}s` }],
    keys: [{ name: 'fleet', key }],
  })
  const statuses: Record<number, number> = {}
  const ask = async (url: string): Promise<void> => {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'hi' }] }),
    })
    await response.text()
    statuses[response.status] = (statuses[response.status] ?? 0) + 1
  }
  const began = performance.now()
  const asking: Promise<void>[] = []
  const perMs = (limit * load) / (seconds * 1_000)
  while (performance.now() - began < forMs) {
    while (asking.length < (performance.now() - began) * perMs)
      asking.push(ask(fleet.members[asking.length % processes]?.url ?? ''))
    await sleep(5)
  }
  await Promise.all(asking)
  const moments = await provider.moments()
  const first = moments[0] ?? 0
  const windowMs = seconds * 1_000
  const windows = Math.floor(forMs / windowMs) - 1
  const counted = moments.filter((at) => at >= first + windowMs && at < first + (1 + windows) * windowMs).length
  return {
    // While processes start they are often late with what they were let send.
    most:
      mostWithin(
        moments.filter((at) => at >= first + windowMs),
        windowMs,
      ) / limit,
    used: counted / (limit * windows),
    statuses,
  }
}
