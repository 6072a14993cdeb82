import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answerFeatures } from './answer-features.ts'
import { anthropicOnlyFeatures } from './anthropic-only-features.ts'
import { clientNames } from './cell.ts'
import { countFeatures } from './count-features.ts'
import { errorFeatures } from './error-features.ts'
import { featureNames } from './feature-names.ts'
import { helperFeatures } from './helper-features.ts'
import { mediaFeatures } from './media-features.ts'
import { ownWordFeatures } from './own-word-features.ts'
import { retryFeatures } from './retry-features.ts'
import { schemaFeatures } from './schema-features.ts'
import { streamFeatures } from './stream-features.ts'
import { textFeatures } from './text-features.ts'
import { thinkingFeatures } from './thinking-features.ts'
import { toolDetailFeatures } from './tool-detail-features.ts'
import { toolFeatures } from './tool-features.ts'

const all = [
  ...[textFeatures, toolFeatures, toolDetailFeatures, mediaFeatures, schemaFeatures, thinkingFeatures, answerFeatures],
  ...[ownWordFeatures, anthropicOnlyFeatures, errorFeatures, streamFeatures, helperFeatures, countFeatures],
  retryFeatures,
].flat()

describe('the matrix of official clients', () => {
  test('has every feature once', () => {
    assert.deepEqual(all.map(({ name }) => name).sort(), [...featureNames].sort())
  })

  test('says of every client what it does, or why it cannot', () => {
    for (const { name, clients } of all) {
      for (const client of clientNames) {
        const run = clients[client]
        assert.ok(typeof run === 'function' || run.because.length > 10, `${name}: ${client}`)
      }
      assert.ok(
        Object.values(clients).some((run) => typeof run === 'function'),
        name,
      )
    }
  })
})
