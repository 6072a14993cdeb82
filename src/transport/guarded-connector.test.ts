import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createGuardedConnector, NotAllowed, type Resolve } from './guarded-connector.ts'
import { createAddressRule } from './public-address.ts'

describe('a guarded connector', () => {
  let reached = 0
  const server = createServer((socket) => {
    reached++
    socket.destroy()
  })
  before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())))
  after(() => server.close())

  const dial = (hostname: string, networks: readonly string[], resolve?: Resolve): Promise<string> => {
    const connect = createGuardedConnector({ addresses: createAddressRule(networks), timeoutMs: 1_000, resolve })
    const { port } = server.address() as AddressInfo
    return new Promise((done) =>
      connect({ hostname, host: `${hostname}:${port}`, protocol: 'http:', port: String(port) }, (problem, socket) => {
        socket?.destroy()
        done(problem ? problem.constructor.name : 'connected')
      }),
    )
  }
  const answer =
    (...addresses: string[]): Resolve =>
    (_name, found) =>
      found(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      )

  test('looks at literal addresses, which nobody looks up', async () => {
    for (const literal of ['127.0.0.1', '[::1]', '::1', '::ffff:127.0.0.1'])
      assert.equal(await dial(literal, []), NotAllowed.name, literal)
    assert.equal(reached, 0)
    assert.equal(await dial('127.0.0.1', ['127.0.0.1']), 'connected')
  })

  test('looks at every address of a name', async () => {
    const before = reached
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['127.0.0.1', '8.8.8.8'], ['::ffff:7f00:1'], []])
      assert.equal(await dial('hooks.example', [], answer(...addresses)), NotAllowed.name, addresses.join())
    assert.equal(reached, before)
    assert.equal(await dial('hooks.example', ['127.0.0.0/8'], answer('127.0.0.1')), 'connected')
  })

  test('goes on to the next address of a name where one does not answer', async () => {
    assert.equal(await dial('hooks.example', ['127.0.0.0/8'], answer('127.0.0.2', '127.0.0.1')), 'connected')
  })

  test('looks up names as the system does', async () => {
    assert.equal(await dial('localhost', []), NotAllowed.name)
    assert.equal(await dial('localhost', ['127.0.0.1', '::1']), 'connected')
  })
})
