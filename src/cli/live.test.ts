import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { adminToken, type ObserveRig, startObserveRig } from '../end-to-end/observe/rig.ts'
import { openaiText } from '../testing/index.ts'
import { createFolder, run } from './spawned.ts'
import { frameText } from './top-frame.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))

let rig: ObserveRig

before(async () => {
  rig = await startObserveRig()
  rig.upstream.always(openaiText('fine', { usage: { input: 100, output: 10 } }))
  for (const model of ['chat', 'code', 'nothing']) await (await rig.call({ model, user: 'ada\u001b[31m' })).text()
})

after(() => rig[Symbol.asyncDispose]())

const tollgate = async (words: readonly string[], token: string | undefined = adminToken) => {
  await using folder = await createFolder()
  const environment: Record<string, string> = token === '' ? {} : { TOLLGATE_ADMIN_TOKEN: token }
  return run([...words, '--url', rig.running.url], { folder: folder.path, environment })
}

describe('a running server, seen from the command line', () => {
  test('is shown once where there is no terminal: rates, models, targets, errors and cost', async () => {
    const { code, output } = await tollgate(['top'])
    assert.equal(code, 0)
    assert.match(output, /last hour {2}3 calls {2}1 errors \(33\.3%\)/)
    assert.match(output, /chat +1 /)
    assert.match(output, /open\/c +1 /)
    assert.match(output, /unknown_model +1/)
    assert.match(output, /\$0\.0004/)
  })

  test('is shown as JSON', async () => {
    const { tick, overview } = JSON.parse((await tollgate(['top', '--json'])).output)
    assert.equal(overview.totals.calls, 3)
    assert.equal(tick.inFlight, 0)
  })

  test('is followed call by call until whoever looks has seen enough, beginning with those that ended before', async () => {
    const words = ['tail', '--last', '10', '--model', 'code', '--url', rig.running.url, '--token', adminToken]
    const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
    const before = (await lines.next()).value ?? ''
    // Nobody tells when it follows; calls go on until one of them is seen.
    let next: string | undefined
    const seen = lines.next().then(({ value }) => {
      next = value
    })
    while (next === undefined) {
      for (const model of ['chat', 'code']) await (await rig.call({ model })).text()
      await Promise.race([seen, new Promise((resolve) => setTimeout(resolve, 50))])
    }
    for (const line of [before, next]) assert.match(line, /ok .*web code → open\/c .*100\+10 tokens {2}\$0\.0002/)
    child.kill('SIGINT')
    for (let rest = await lines.next(); !rest.done; rest = await lines.next()) assert.match(rest.value, /code/)
    assert.deepEqual(await once(child, 'close'), [0, null])
  })

  test('says what is wrong in words', async () => {
    assert.match((await tollgate(['top'], 'wrong')).errors, /refuses: No valid admin token/)
    assert.match((await tollgate(['tail'], '')).errors, /TOLLGATE_ADMIN_TOKEN/)
    const nobody = await run(['top', '--url', 'http://127.0.0.1:1', '--token', 'x'])
    assert.match(nobody.errors, /Nothing answers/)
    assert.equal(nobody.code, 1)
  })
})

describe('a frame', () => {
  test('is no larger than the screen, and lets no name steer the terminal', () => {
    const sums = {
      totals: { calls: 1 },
      models: Array.from({ length: 50 }, (_, index) => ({ name: `m\u001b[2J${index}`, calls: 1, costUsd: '1' })),
    }
    const lines = frameText({ tick: { at: 0 }, sums }, { columns: 40, rows: 20 }).split('\n')
    assert.equal(lines.length, 20)
    for (const line of lines) assert.ok(line.length <= 40 && !line.includes('\u001b'))
  })
})
