import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { startRig, storeFolder, within } from './rig.ts'

const key = 'key-of-the-shop'

describe('a budget of the configuration', () => {
  test('is spent once, whoever starts the server again', async () => {
    await using folder = await storeFolder()
    const input = { store: folder.store, keys: [{ name: 'web', key, budget: { usd: 0.02 } }] }
    {
      await using rig = await startRig(input)
      assert.deepEqual([await rig.ask(key), await rig.ask(key), await rig.ask(key)], [200, 200, 402])
    }
    await using again = await startRig(input)
    assert.equal(await again.ask(key), 402)
  })

  test('is shared by all keys of a team, and a raise holds at once', async () => {
    await using rig = await startRig({
      keys: [
        { name: 'one', key: 'key-number-one', team: 'shop' },
        { name: 'two', key: 'key-number-two', user: 'ada' },
      ],
      users: { ada: { team: 'shop' } },
    })
    const budget = { unit: 'usd', limit: '0.02', scope: 'team:shop' }
    await rig.administer('PUT', '/admin/api/allowances/shop', budget)
    const spent = [await rig.ask('key-number-one'), await rig.ask('key-number-two'), await rig.ask('key-number-one')]
    assert.deepEqual(spent, [200, 200, 402])
    await rig.administer('PUT', '/admin/api/allowances/shop', { ...budget, limit: '0.03' })
    assert.deepEqual([await rig.ask('key-number-two'), await rig.ask('key-number-two')], [200, 402])
  })

  test('is told of to the webhook that it names', async () => {
    const heard: string[] = []
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => void heard.push(text))
      request.on('end', () => response.end())
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    try {
      await using rig = await startRig({
        keys: [{ name: 'web', key, budget: { usd: 0.02, alerts: ['50%'], webhook: 'ops' } }],
        webhooks: { endpoints: { ops: { url, allowHttp: true, allowPrivate: ['127.0.0.1'] } } },
      })
      assert.equal(await rig.ask(key), 200)
      await within(3_000, async () => heard.length > 0)
      const { type, data } = JSON.parse(heard[0] ?? '')
      assert.equal(type, 'budget.reached')
      assert.deepEqual(data, {
        allowance: 'key:web/budget/total',
        scope: 'key:web',
        percent: 50,
        usedUsd: '0.01',
        limitUsd: '0.02',
      })
    } finally {
      server.close().closeAllConnections()
    }
  })
})

describe('a limit for each end user', () => {
  test('counts each by itself, by header and by body', async () => {
    await using rig = await startRig({
      keys: [{ name: 'web', key }],
      limits: [{ scope: 'end_user:*', requests: '1/h' }],
    })
    const as = (user: string): Promise<number> => rig.ask(key, { 'x-tollgate-user': user })
    assert.deepEqual([await as('a'), await as('a'), await as('b'), await rig.ask(key)], [200, 429, 200, 200])
  })
})

describe("the administrators' door", () => {
  test('may have an address of its own, and is then nowhere else', async () => {
    await using rig = await startRig({
      server: {
        port: 0,
        drain: { notReady: '0s', streams: '0s' },
        admin: { token: 'admin-token-of-the-test', port: 0 },
      },
    })
    assert.notEqual(new URL(rig.running.admin.url).port, new URL(rig.running.url).port)
    assert.deepEqual((await rig.administer('GET', '/admin/api/keys')).data, [])
    const front = await fetch(`${rig.running.url}/admin/api/keys`, { headers: { authorization: 'Bearer x' } })
    assert.equal(front.status, 404)
    await front.arrayBuffer()
  })

  test('has a token that is made at start where none is configured', async () => {
    await using rig = await startRig({ server: { port: 0, drain: { notReady: '0s', streams: '0s' } } })
    const { token = '', url } = rig.running.admin
    assert.match(token, /^tg-admin-/)
    const answer = await fetch(`${url}api/keys`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(answer.status, 200)
    await answer.arrayBuffer()
  })
})
