import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { cliPage, cliReference } from './cli-reference.ts'

test('the committed page of the command line is what the commands say', async () => {
  const page = await readFile(cliPage, 'utf8')
  assert.equal(page, await cliReference(), 'run `node scripts/cli-reference.ts`')
})
