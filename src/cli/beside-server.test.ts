import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createFolder, run, type Served, serve } from './spawned.ts'

const files = {
  'tollgate.yaml':
    'providers:\n  sim: { kind: simulated, latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1000000 }\nmodels: { chat: sim/small }\n',
}

const ask = (server: Served, secret: string): Promise<Response> =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'chat', max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }] }),
  })

/** What a change comes to within the second that it may take, and a little more where the machine is busy. */
const untilAnswered = async (status: number, server: Served, secret: string): Promise<Response> => {
  const deadline = performance.now() + 5_000
  for (;;) {
    const response = await ask(server, secret)
    if (response.status === status || performance.now() > deadline) return response
    await response.body?.cancel()
    await pause(50)
  }
}

describe('commands beside a server on the same store', () => {
  test('a key is good as soon as it is made, its limits hold, its usage is told, and revoked it is dead', async (context) => {
    await using folder = await createFolder(files)
    const surroundings = { folder: folder.path }
    await using server = await serve(surroundings)
    assert.equal((await ask(server, 'whatever')).status, 200, 'without any key the server is open')
    const secret = (await run(['keys', 'create', 'web', '--team', 'shop'], surroundings)).output.trim()
    assert.equal((await untilAnswered(401, server, 'whatever')).status, 401, 'the first key closes the server')
    assert.equal((await untilAnswered(200, server, secret)).status, 200)

    await run(['budgets', 'set', '--scope', 'team:shop', '--usd', '0', '--per', 'month'], surroundings)
    const refused = await untilAnswered(402, server, secret)
    assert.equal(refused.status, 402)
    assert.match(await refused.text(), /team-shop-usd-month/)
    await run(['budgets', 'set', '--scope', 'team:shop', '--usd', '5', '--per', 'month'], surroundings)
    const answered = await untilAnswered(200, server, secret)
    assert.equal(answered.status, 200)
    const cost = answered.headers.get('x-tollgate-cost-usd')
    assert.equal(cost, '0.0000088')

    const told = await run(['usage', '--by', 'team', '--json'], surroundings)
    const { rows } = JSON.parse(told.output)
    const shop = rows.find(({ group }: { group: { team?: string } }) => group.team === 'shop')
    assert.ok(shop.calls >= 2)
    assert.equal(shop.failed, 0)
    assert.equal(shop.measuredCost.nanos, String(8_800 * shop.calls))
    const listed = JSON.parse((await run(['budgets', 'list', '--json'], surroundings)).output)
    assert.equal(listed[0].standings[0].settled, cost)

    const revoked = await run(['keys', 'revoke', 'web'], surroundings)
    assert.equal(revoked.code, 0)
    const since = performance.now()
    assert.equal((await untilAnswered(401, server, secret)).status, 401)
    context.diagnostic(`refused ${(performance.now() - since).toFixed(0)} ms after the command had ended`)
  })
})
