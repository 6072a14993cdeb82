import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { adminPage, adminReference } from './admin-reference.ts'

test('the committed page of the administrators’ door is what its routes say', async () => {
  const page = await readFile(adminPage, 'utf8')
  assert.equal(page, adminReference(), 'run `node scripts/admin-reference.ts`')
})
