import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { closeIdle } from './client.ts'
import { type CutBy, cutAll, cutsOf, type Recording, recordings, startCutting } from './cuts.ts'

/** Answers to what a caller of the other language could not have asked for; it is told so instead. */
const untranslatable = ['audio', 'images-openrouter', 'logprobs-two-choices', 'tools-custom']

const callersOf = ({ name }: Recording) => (untranslatable.includes(name) ? ['same'] : ['same', 'other']) as Callers[]
type Callers = 'same' | 'other'

describe('every recorded stream, cut at every byte', () => {
  after(closeIdle)
  for (const recording of [...recordings('openai'), ...recordings('anthropic')]) {
    for (const callers of callersOf(recording)) {
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
