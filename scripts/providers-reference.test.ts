import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { providersPage, providersReference } from './providers-reference.ts'

test('the committed page of providers is what the rows say', async () => {
  const page = await readFile(providersPage, 'utf8')
  assert.equal(page, providersReference(), 'run `node scripts/providers-reference.ts`')
})
