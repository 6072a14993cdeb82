import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Job } from '../core/job.ts'
import type { Finished } from '../stores/job-store.ts'
import { createMemoryStore } from '../stores/memory/index.ts'
import type { WebhookEvent } from '../stores/webhook-store.ts'
import { endJobs } from '../testing/ended-jobs.ts'
import { payloadOf } from './webhook-payload.ts'

const ended = async (
  end: Finished['end'],
  metadata?: string,
): Promise<{ readonly event: WebhookEvent; readonly job: Job }> => {
  const store = createMemoryStore({ now: () => Date.UTC(2026, 10, 30) })
  const [id = ''] = await endJobs(store, [{ webhook: 'results', metadata }], end)
  const [event] = await store.webhooks.events({ limit: 1 })
  const job = await store.jobs.find(id)
  await store.close()
  return { event: event ?? assert.fail('there is no event'), job: job ?? assert.fail('there is no job') }
}

const result = { status: 200, contentType: 'application/json', body: { bytes: Buffer.from('the answer') } }

describe('what a webhook is told', () => {
  test('is who ended how, what it used and cost, and where its answer is, not the answer', async () => {
    const { event, job } = await ended({ kind: 'succeeded', result }, '{"order":"7"}')
    const text = payloadOf({ event, job, gatewayUrl: 'https://gateway.example' })
    assert.doesNotMatch(text, /the answer/)
    assert.deepEqual(JSON.parse(text), {
      type: 'job.succeeded',
      timestamp: '2026-11-30T00:00:00.000Z',
      data: {
        id: job.id,
        status: 'succeeded',
        endpoint: '/v1/chat/completions',
        model: 'chat',
        attempts: 1,
        created_at: '2026-11-30T00:00:00.000Z',
        ended_at: '2026-11-30T00:00:00.000Z',
        cost_usd: '0.00125',
        usage: {
          input: 40,
          cache_read: 8,
          cache_write_short: 0,
          cache_write_long: 0,
          audio_input: 0,
          output: 10,
          reasoning: 2,
          audio_output: 0,
          source: 'measured',
        },
        url: `https://gateway.example/v1/jobs/${job.id}`,
        result_url: `https://gateway.example/v1/jobs/${job.id}/result`,
        metadata: { order: '7' },
        event: event.id,
        sequence: 1,
        occurred_at: '2026-11-30T00:00:00.000Z',
      },
    })
  })

  test('has the error of a job that failed, and says when its cost and its tokens are unknown', async () => {
    const error = { code: 'upstream_failed', message: 'm'.repeat(5_000) } as const
    const { event, job } = await ended({ kind: 'failed', error })
    const { type, data } = JSON.parse(
      payloadOf({ event, job: { ...job, unknownCosts: 1, usage: undefined }, gatewayUrl: '' }),
    )
    assert.equal(type, 'job.failed')
    assert.equal(data.error.code, 'upstream_failed')
    assert.equal(data.error.message.length, 1_001)
    assert.deepEqual([data.cost_usd, data.usage], [null, null])
    assert.equal(data.url, `/v1/jobs/${job.id}`)
    assert.equal(data.result_url, undefined)
  })

  test('is never longer than 20,000 bytes', async () => {
    const { event, job } = await ended({ kind: 'succeeded', result }, JSON.stringify({ long: '€'.repeat(7_000) }))
    const text = payloadOf({ event, job, gatewayUrl: '' })
    assert.ok(Buffer.byteLength(text) <= 20_000)
    assert.equal(JSON.parse(text).data.metadata, undefined)
  })

  test('is told also of a job that is deleted by now', async () => {
    const { event } = await ended({ kind: 'cancelled' })
    const { type, data } = JSON.parse(payloadOf({ event, job: undefined, gatewayUrl: '' }))
    assert.equal(type, 'job.cancelled')
    assert.deepEqual(Object.keys(data), ['id', 'status', 'url', 'event', 'sequence', 'occurred_at'])
  })
})
