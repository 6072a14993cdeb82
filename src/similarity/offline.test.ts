import assert from 'node:assert/strict'
import { test } from 'node:test'
import { offlineModel, offlineProblem } from './offline.ts'

test('an offline model that is not installed is told of by name, and gives no vectors', async (context) => {
  const problem = offlineProblem()
  if (problem === undefined) return context.skip('The packages are installed here.')
  assert.match(problem, /@energetic-ai\/embeddings/)
  assert.equal(await offlineModel(), undefined)
})
