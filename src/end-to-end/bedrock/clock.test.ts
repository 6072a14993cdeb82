import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { bedrockError, bedrockText, startFakeUpstream } from '../../testing/index.ts'
import { ask, closeIdle } from '../faults/client.ts'
import { startGateway } from '../faults/harness.ts'

const expired = 'Signature expired: 20261124T120001Z is now earlier than 20261124T125501Z (20261124T130001Z - 5 min.)'

/** Unix milliseconds of the moment for which a request was signed. */
const signedFor = (date: string | undefined): number =>
  Date.parse(String(date).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

describe('a clock that is wrong', () => {
  after(closeIdle)

  test('is noticed at the first refusal: the same call is signed by the provider’s clock, and later ones too', async () => {
    const upstream = await startFakeUpstream()
    const there = Date.now() + 3_600_000
    const date = new Date(there).toUTCString()
    upstream.script(bedrockError(403, 'InvalidSignatureException', expired, { date }))
    upstream.always(bedrockText('On time.'))
    const bedrock = {
      kind: 'bedrock',
      baseUrl: upstream.url,
      region: 'us-east-1',
      accessKeyId: 'AKID',
      secretAccessKey: 'secret',
    }
    const gateway = await startGateway({ providers: { bedrock }, models: { chat: 'bedrock/amazon.nova-lite-v1:0' } })
    try {
      for (const attempts of [2, 1]) {
        const { status, text, id } = await ask(gateway.port)
        assert.equal(status, 200, text)
        assert.match(text, /On time\./)
        assert.equal((await gateway.recordOf(id)).attempts.length, attempts)
      }
      const [first, ...rest] = upstream.journal.map(({ headers }) => signedFor(headers['x-amz-date']))
      assert.ok(first !== undefined && Math.abs(first - Date.now()) < 60_000)
      assert.equal(rest.length, 2)
      for (const moment of rest) assert.ok(Math.abs(moment - there) < 60_000, String(moment))
    } finally {
      await gateway[Symbol.asyncDispose]()
      await upstream.close()
    }
  })
})
