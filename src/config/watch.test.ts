import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { watchFile } from './watch.ts'

describe('a file that is watched', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tollgate-watch-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  /** Watches while something happens, and gives how often a change was told. */
  const changes = async (file: string, happen: () => Promise<void>): Promise<number> => {
    let told = 0
    const watching = watchFile({ file, changed: () => told++, everyMs: 40, settleMs: 15 })
    await sleep(100)
    await happen()
    await sleep(400)
    watching.close()
    return told
  }

  test('tells of a change once when it is written in place', async () => {
    const file = join(folder, 'tollgate.yaml')
    await writeFile(file, 'one')
    assert.equal(await changes(file, () => writeFile(file, 'two')), 1)
  })

  test('tells of a change when an editor writes beside it and renames', async () => {
    const file = join(folder, 'tollgate.yaml')
    await writeFile(file, 'one')
    const told = await changes(file, async () => {
      await writeFile(`${file}.new`, 'two')
      await rename(`${file}.new`, file)
    })
    assert.equal(told, 1)
  })

  test('tells of each of two renames: the first does not end the watching', async () => {
    const file = join(folder, 'tollgate.yaml')
    await writeFile(file, 'one')
    const told = await changes(file, async () => {
      for (const text of ['two', 'three']) {
        await writeFile(`${file}.new`, text)
        await rename(`${file}.new`, file)
        await sleep(200)
      }
    })
    assert.equal(told, 2)
  })

  test('tells of a change behind a link to a folder, as Kubernetes mounts a ConfigMap', async () => {
    const publish = async (version: string): Promise<void> => {
      await mkdir(join(folder, version))
      await writeFile(join(folder, version, 'tollgate.yaml'), version)
      await symlink(version, join(folder, '..data.new'))
      await rename(join(folder, '..data.new'), join(folder, '..data'))
    }
    await publish('..first')
    const file = join(folder, 'tollgate.yaml')
    await symlink(join('..data', 'tollgate.yaml'), file)
    assert.equal(await changes(file, () => publish('..second')), 1)
  })

  test('says nothing when the file is written again with the same content', async () => {
    const file = join(folder, 'tollgate.yaml')
    await writeFile(file, 'one')
    assert.equal(await changes(file, () => writeFile(file, 'one')), 0)
  })

  test('says nothing of a file that is gone for a moment and comes back as it was', async () => {
    const file = join(folder, 'tollgate.yaml')
    await writeFile(file, 'one')
    const told = await changes(file, async () => {
      await unlink(file)
      await writeFile(file, 'one')
    })
    assert.equal(told, 0)
  })

  test('tells of a file that is gone for good', async () => {
    const file = join(folder, 'tollgate.yaml')
    await writeFile(file, 'one')
    assert.equal(await changes(file, () => unlink(file)), 1)
  })

  test('says nothing more once it is closed', async () => {
    const file = join(folder, 'tollgate.yaml')
    await writeFile(file, 'one')
    let told = 0
    const watching = watchFile({ file, changed: () => told++, everyMs: 20, settleMs: 5 })
    await sleep(60)
    watching.close()
    await writeFile(file, 'two')
    await sleep(150)
    assert.equal(told, 0)
  })
})
