import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { providerRows } from '../src/providers/rows.ts'
import { capabilitiesPage, capabilitiesReference } from './capabilities-reference.ts'

test('the committed page of capabilities is what providers do', async () => {
  const page = await readFile(capabilitiesPage, 'utf8')
  assert.equal(page, await capabilitiesReference(), 'run `node scripts/capabilities-reference.ts`')
})

test('the page has each kind of provider, and all three ways of doing things', async () => {
  const page = await capabilitiesReference()
  for (const { title } of providerRows) assert.ok(page.includes(`| ${title} |`), title)
  for (const how of ['native', 'emulated', 'refused']) assert.ok(page.includes(`| ${how} |`), how)
})
