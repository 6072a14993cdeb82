import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { startSettingsRig } from '../end-to-end/caching/settings-rig.ts'
import { createFolder, run } from './spawned.ts'

test('kept answers are shown and taken away from the command line while a server gives them', async () => {
  await using rig = await startSettingsRig('models: { kept: { targets: [sim/a], cache: 1h } }')
  await rig.ask('kept')
  assert.equal((await rig.ask('kept')).cache, 'hit')
  await using folder = await createFolder()
  const tollgate = (...words: string[]) =>
    run(['cache', ...words, '--store', rig.store, '--config', rig.file], { folder: folder.path })
  let shown = await tollgate('show', '--json')
  // What is kept is written a moment later.
  for (let left = 10; left > 0 && JSON.parse(shown.output).disk?.entries !== 1; left--) {
    await setTimeout(100)
    shown = await tollgate('show', '--json')
  }
  assert.equal(JSON.parse(shown.output).disk.entries, 1)
  assert.notEqual((await tollgate('purge')).code, 0)
  assert.equal((await tollgate('purge', '--team', 'shop')).output, '1 answer is gone.\n')
  let asked = await rig.ask('kept', { headers: { 'x-tollgate-cache': 'read' } })
  for (let left = 100; left > 0 && asked.cache === 'hit'; left--) {
    await setTimeout(50)
    asked = await rig.ask('kept', { headers: { 'x-tollgate-cache': 'read' } })
  }
  assert.equal(asked.cache, 'miss')
})
