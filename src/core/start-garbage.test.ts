import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

const program = (body: string): string => `
  import { collectStartGarbage } from '${new URL('./start-garbage.ts', import.meta.url)}'
  let garbage = []
  for (let index = 0; index < 200_000; index++) garbage.push({ index, text: 'x' + index })
  garbage = undefined
  const before = process.memoryUsage().heapUsed
  ${body}`

const left = async (body: string, flags: readonly string[] = []): Promise<number> => {
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '-e', program(body)])
  return Number(stdout)
}

const tellLater = `setTimeout(() => console.log(process.memoryUsage().heapUsed / before), 1_700)`

describe('what a start left behind', () => {
  it('is collected when nothing is under way', async () => {
    assert.ok((await left(`collectStartGarbage(() => true); ${tellLater}`)) < 0.7)
  })

  it('stays while calls are under way', async () => {
    assert.ok((await left(`collectStartGarbage(() => false); ${tellLater}`)) > 0.9)
  })

  it('stays when there was no quiet moment in the first seconds, since by then there is compiled code to lose', async () => {
    const wait = `setTimeout(() => console.log(process.memoryUsage().heapUsed / before), 4_700)`
    const busy = 'let isBusy = true; setTimeout(() => { isBusy = false }, 3_300)'
    assert.ok((await left(`${busy}; collectStartGarbage(() => !isBusy); ${wait}`)) > 0.9)
  })

  it('stays where programs may not look into themselves, and nothing breaks', async () => {
    const walls = ['--permission', '--allow-fs-read=*']
    assert.ok((await left(`collectStartGarbage(() => true); ${tellLater}`, walls)) > 0.9)
  })

  it('keeps no process alive, and can be left', async () => {
    const started = performance.now()
    await left(`collectStartGarbage(() => true)(); console.log(1)`)
    assert.ok(performance.now() - started < 5_000)
  })
})
