import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { metricsPage, metricsReference } from '../../scripts/metrics-reference.ts'

test('the committed page of metrics is what the table says', async () => {
  const page = await readFile(metricsPage, 'utf8')
  assert.equal(page, metricsReference(), 'run `node scripts/metrics-reference.ts`')
})
