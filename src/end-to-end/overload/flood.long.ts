import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { describe, it } from 'node:test'
import { openaiText, startFakeUpstream } from '../../testing/index.ts'
import { inParallel, openaiAt } from '../faults/harness.ts'
import { startFleet } from '../money/fleet.ts'

interface Answered {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly ms: number
}

const question = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello.' }] })

const send = (url: string, agent: Agent, body: string | undefined): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const method = body === undefined ? 'GET' : 'POST'
    const asking = request(url, { method, agent, headers: { 'content-type': 'application/json' } }, (response) => {
      response.resume().once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          ms: performance.now() - started,
        }),
      )
    })
    asking.once('error', reject)
    asking.end(body)
  })

const median = (all: readonly number[]): number => all.toSorted((one, other) => one - other)[all.length >> 1] ?? 0

describe('a server that is flooded', { timeout: 180_000 }, () => {
  it('serves what fits, turns the rest away at once, and serves everybody when it is over', async () => {
    await using upstream = await startFakeUpstream()
    upstream.always({ ...openaiText('Hello.'), headDelayMs: 300 })
    await using fleet = await startFleet(1, {
      server: { capacity: 40 },
      providers: { up: openaiAt(upstream.url) },
      models: { chat: 'up/gpt-test' },
    })
    const url = fleet.members[0]?.url ?? ''
    const agent = new Agent({ keepAlive: true, maxSockets: 400 })
    const apart = new Agent({ keepAlive: true })
    const chat = `${url}/v1/chat/completions`
    const answers: Answered[] = []
    const healths: Answered[] = []
    let isOver = false
    const watching = (async () => {
      while (!isOver) {
        healths.push(await send(`${url}/healthz`, apart, undefined))
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    })()
    await inParallel(Array(4_000).keys(), 300, async () => void answers.push(await send(chat, agent, question)))
    isOver = true
    await watching
    const served = answers.filter(({ status }) => status === 200)
    const shed = answers.filter(({ status }) => status === 503)
    assert.equal(served.length + shed.length, 4_000)
    assert.ok(served.length >= 40 && shed.length > 1_000, `${served.length} served, ${shed.length} shed`)
    assert.ok(shed.every(({ retryAfter }) => Number(retryAfter) >= 1))
    assert.ok(median(shed.map(({ ms }) => ms)) < median(served.map(({ ms }) => ms)))
    assert.ok(healths.every(({ status }) => status === 200))
    for (let index = 0; index < 20; index++) assert.equal((await send(chat, agent, question)).status, 200)
    agent.destroy()
    apart.destroy()
  })
})
