import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { closeIdle } from './client.ts'
import { type CutBy, cutAll, cutsOf, recordings, startCutting } from './cuts.ts'

describe('every recorded stream, cut at every byte', () => {
  after(closeIdle)
  for (const recording of [...recordings('openai'), ...recordings('anthropic')]) {
    for (const callers of ['same', 'other'] as const) {
      for (const by of ['end', 'reset', 'chunked'] as CutBy[]) {
        test(`${recording.language}, ${recording.name}, by ${by}, caller of the ${callers} language`, async () => {
          await using cutting = await startCutting([recording])
          const done = await cutAll(cutting.gateway, cutsOf([recording], { by, callers }))
          assert.equal(done, recording.bytes.length)
        })
      }
    }
  }
})
