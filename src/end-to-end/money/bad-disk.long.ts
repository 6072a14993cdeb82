import { describe, it, type TestContext } from 'node:test'
import { createFolder } from '../../cli/spawned.ts'
import { smallDisk } from '../../testing/small-disk.ts'
import { outlast } from './bad-disk.ts'
import { startShop } from './bad-disk-shop.ts'
import { breakCalls, canFreeze, canTrace, freeze } from './disk-trouble.ts'

/** `calls`: of the system, by name. */
const outlastBroken = async (context: TestContext, calls: string): Promise<void> => {
  if (!canTrace()) return context.skip('no process can be looked into here')
  await using folder = await createFolder()
  await using shop = await startShop(folder.path)
  const { pid = 0 } = shop.server.child
  await outlast(shop, () => breakCalls(pid, calls))
}

describe('the store of money and jobs', { timeout: 120_000 }, () => {
  it('outlasts a disk that is full for a while', async (context) => {
    // Room for a log that is as long as it becomes before it is written back.
    await using disk = await smallDisk(16)
    if (!disk) return context.skip('no disk can be mounted here')
    await using shop = await startShop(disk.path)
    await outlast(shop, async () => {
      await disk.fill()
      return disk.clear
    })
  })

  it('outlasts a disk that cannot be written for a while', async (context) => {
    await using folder = await createFolder()
    if (!(await canFreeze(folder.path))) return context.skip('no file can be made immutable here')
    await using shop = await startShop(folder.path)
    await outlast(shop, () => freeze(folder.path))
  })

  it('outlasts a disk that fails to write for a while', (context) => outlastBroken(context, 'pwrite64,fsync,fdatasync'))

  it('outlasts a disk that takes what is written and fails to keep it', (context) =>
    outlastBroken(context, 'fsync,fdatasync'))
})
