import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { errorsPage, errorsReference } from './errors-reference.ts'

test('the committed page of errors is what the tables say', async () => {
  const page = await readFile(errorsPage, 'utf8')
  assert.equal(page, errorsReference(), 'run `node scripts/errors-reference.ts`')
})
