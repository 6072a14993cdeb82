import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GatewayError } from '../core/errors.ts'
import { openBell, wanted } from './open-bell.ts'

const surroundings = { watch: () => () => {}, report: () => {} }

describe('opening the bell that is configured', () => {
  it('opens each engine, also while it is away', async () => {
    const embedded = await openBell({ kind: 'embedded' }, surroundings)
    await embedded.ring([{ job: 'job_a', owner: 'team:a' }])
    await embedded.close()
    const redis = await openBell({ kind: 'redis', url: 'redis://127.0.0.1:1', prefix: '{test}' }, surroundings)
    await assert.rejects(redis.ring([{ job: 'job_a', owner: 'team:a' }]), { code: 'store_unavailable' })
    await redis.close()
    const queue = { url: 'http://127.0.0.1:1/000000000000/q' }
    const sqs = await openBell(
      { kind: 'sqs', queue, region: 'eu-central-1', endpoint: 'http://127.0.0.1:1' },
      surroundings,
    )
    await assert.rejects(sqs.ring([{ job: 'job_a', owner: 'team:a' }]), { code: 'store_unavailable' })
    await sqs.close()
  })

  it('says what to install where a package is missing', async () => {
    // As a name that nobody has, so that it is missing wherever this runs.
    const absent = 'tollgate-package-that-is-not-there'
    await assert.rejects(
      wanted('redis', 'bullmq ioredis', () => import(absent)),
      (error) => {
        assert.ok(error instanceof GatewayError)
        assert.equal(
          error.message,
          'queue: redis needs packages that are not installed; run npm install bullmq ioredis.',
        )
        return true
      },
    )
    await assert.rejects(
      wanted('redis', 'bullmq', async () => {
        throw new Error('another')
      }),
      /another/,
    )
  })
})
