import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assemble } from '../config/assemble.ts'
import { parseConfig } from '../config/load.ts'
import type { CallRecord } from '../core/record.ts'
import { facade } from './create-gateway.ts'

const messages = [{ role: 'user', content: 'Hello' }]

/** A gateway whose records are kept. */
const recorded = async () => {
  const providers = { sim: { kind: 'simulated', latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1e6 } }
  const config = await parseConfig({ discover: false, telemetry: { log: 'silent' }, providers }, {})
  const records: CallRecord[] = []
  const runtime = await assemble(config, { sinks: [(record) => void records.push(record)] })
  return { gateway: facade(runtime, 'library'), records }
}

const asked = new Request('http://gateway/v1/chat/completions', {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'x-tollgate-session': 'from the request' },
  body: JSON.stringify({ model: 'sim/small', messages }),
})

describe('a gateway for somebody', () => {
  test('records calls under the name of the library', async () => {
    const { gateway, records } = await recorded()
    await gateway.chat({ model: 'sim/small', messages })
    await gateway.close()
    assert.deepEqual(
      records.map(({ caller }) => caller),
      [{ key: 'library' }],
    )
  })

  test('records whom calls are made for, streams too, and narrows what was said before', async () => {
    const { gateway, records } = await recorded()
    const team = gateway.asCaller({ team: 'shop', tags: { step: 'draft' } })
    await team.chat({ model: 'sim/small', messages })
    for await (const _ of team.asCaller({ user: 'ada', session: 's1' }).stream({ model: 'sim/small', messages }));
    await gateway.close()
    assert.deepEqual(
      records.map(({ caller }) => caller),
      [
        { key: 'library', team: 'shop', tags: { step: 'draft' } },
        { key: 'library', team: 'shop', tags: { step: 'draft' }, user: 'ada', session: 's1' },
      ],
    )
  })

  test('gives its names to requests of its handler, unless a request says otherwise itself', async () => {
    const { gateway, records } = await recorded()
    const response = await gateway.asCaller({ team: 'shop', user: 'ada', session: 's1' }).fetch(asked)
    await response.text()
    await gateway.close()
    assert.partialDeepStrictEqual(records[0]?.caller, {
      key: 'anonymous',
      team: 'shop',
      user: 'ada',
      session: 'from the request',
    })
  })
})
