import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Feedback } from '../core/feedback.ts'
import { type FeedbackOf, mostLabels, type ObservedStore, type QualityKey } from '../stores/feedback-store.ts'
import { noQuality, type QualitySums } from '../stores/quality-sums.ts'
import { addEntries, entriesBegin, sampleEntry } from './sample-entries.ts'

/** A store that keeps calls for an hour, and how it ends. */
export interface OpenedFeedback {
  readonly calls: ObservedStore
  close(): Promise<void>
}

const said = (more: Partial<Feedback> = {}): Feedback => ({
  call: 'call-1',
  key: 'web',
  label: '',
  score: 1,
  at: entriesBegin + 1_000,
  ...more,
})
const of: FeedbackOf = { startedAt: entriesBegin, model: 'chat', target: 'open/m', prompt: 'p1' }

/** What every store of feedback does. */
export const feedbackStoreSuite = (name: string, open: () => Promise<OpenedFeedback>): void => {
  const using = (work: (calls: ObservedStore) => Promise<void>) => async (): Promise<void> => {
    const { calls, close } = await open()
    try {
      await work(calls)
    } finally {
      await close()
    }
  }
  const sumsOf = async (calls: ObservedStore, by: QualityKey = 'model', budgets = {}) => {
    const { rows } = await calls.feedback.quality({ from: entriesBegin, to: entriesBegin + 60_000, by, budgets })
    return new Map(rows.map(({ name: of, sums }) => [of, sums]))
  }

  describe(`${name} with what is said of calls`, () => {
    it(
      'keeps one thing of each key and label, the latest, and gives the latest first',
      using(async ({ feedback }) => {
        await feedback.put(said(), of)
        await feedback.put(said({ key: 'app', score: -1, at: entriesBegin + 2_000 }), of)
        await feedback.put(said({ label: 'tone', score: undefined, comment: 'Rude.', at: entriesBegin + 3_000 }), of)
        await feedback.put(said({ score: 0.5, at: entriesBegin + 4_000 }), of)
        assert.deepEqual(
          (await feedback.of('call-1')).map(({ key, label, score, comment }) => [key, label, score, comment]),
          [
            ['web', '', 0.5, undefined],
            ['web', 'tone', undefined, 'Rude.'],
            ['app', '', -1, undefined],
          ],
        )
        assert.deepEqual(await feedback.of('call-2'), [])
      }),
    )
    it(
      'lets no key say too much of one call',
      using(async ({ feedback }) => {
        for (let index = 0; index < mostLabels; index++) await feedback.put(said({ label: `l${index}` }), of)
        await assert.rejects(feedback.put(said({ label: 'more' }), of), { code: 'conflict' })
        await feedback.put(said({ label: 'l0', score: 0 }), of)
        await feedback.put(said({ key: 'app' }), of)
        assert.equal((await feedback.of('call-1')).length, mostLabels + 1)
      }),
    )
    it(
      'adds up scores, and what the gateway compared, by what the call was of',
      using(async (calls) => {
        await calls.feedback.put(said(), of)
        await calls.feedback.put(said({ call: 'call-2', score: -0.5 }), { ...of, prompt: undefined })
        await calls.feedback.put(said({ call: 'call-3' }), { ...of, startedAt: entriesBegin + 60_000 })
        await calls.feedback.put(said({ key: '', label: 'repeat', score: -1 }), of)
        const expected: QualitySums = {
          ...noQuality(),
          scores: 2,
          score: 0.5,
          squares: 1.25,
          repeated: 1,
          differing: 1,
        }
        assert.deepEqual(await sumsOf(calls), new Map([['chat', expected]]))
        assert.deepEqual((await sumsOf(calls, 'prompt')).get('p1')?.scores, 1)
      }),
    )
    it(
      'tells from the calls themselves what was cut short, refused, invalid, late or failed',
      using(async (calls) => {
        const output = { isFirstTry: true, asks: 1, firstAttempts: 1, schema: undefined }
        await addEntries(calls, [
          sampleEntry({ id: 'good', decisions: { output: { ...output, rung: 'native' } }, durationMs: 900 }),
          sampleEntry({ id: 'cut', finishes: ['length'], durationMs: 1_100 }),
          sampleEntry({ id: 'refused', finishes: ['refusal'], stream: true, firstTokenMs: 2_000 }),
          sampleEntry({ id: 'failed', outcome: 'error', error: 'upstream_failed', finishes: [] }),
          sampleEntry({ id: 'theirs', outcome: 'error', error: 'invalid_request', finishes: [] }),
          sampleEntry({ id: 'invalid', outcome: 'error', error: 'output_invalid', decisions: { output } }),
          sampleEntry({ id: 'hit', finishes: ['length'], decisions: { cache: { outcome: 'hit' } } }),
          sampleEntry({ id: 'own', purpose: 'check' }),
        ])
        const sums = (await sumsOf(calls, 'model', { chat: 1_000 })).get('chat')
        assert.deepEqual(sums, {
          ...noQuality(),
          ...{ calls: 7, tried: 5, failed: 2, answered: 3, truncated: 1, refused: 1 },
          ...{ formatted: 2, valid: 1, timed: 3, inTime: 1 },
        })
      }),
    )
    it(
      'forgets with the calls',
      using(async (calls) => {
        await calls.feedback.put(said(), of)
        while (await calls.retain(entriesBegin + 3_600_001));
        assert.deepEqual(await calls.feedback.of('call-1'), [])
      }),
    )
  })
}
