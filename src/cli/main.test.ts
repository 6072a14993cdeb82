import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { run } from './spawned.ts'

describe('the command line', () => {
  test('tells the version of its package', async () => {
    const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    const { code, output } = await run(['--version'])
    assert.deepEqual({ code, output }, { code: 0, output: `${manifest.version}\n` })
  })

  test('lists its commands when asked for help', async () => {
    const { code, output } = await run(['--help'])
    assert.equal(code, 0)
    for (const command of ['serve', 'check', 'models', 'call', 'keys', 'budgets', 'usage'])
      assert.match(output, new RegExp(`^ {2}${command} `, 'm'))
  })

  test('ends with 2 and the help when no command is given', async () => {
    const { code, errors } = await run([])
    assert.equal(code, 2)
    assert.match(errors, /^Usage: tollgate/)
  })

  test('ends with 2 and names a command that does not exist', async () => {
    const { code, output, errors } = await run(['chek'])
    assert.equal(code, 2)
    assert.equal(output, '')
    assert.match(errors, /unknown command 'chek'\n\(Did you mean check\?\)/)
  })

  test('ends with 2 and names an option that does not exist', async () => {
    const { code, errors } = await run(['models', '--jsn'])
    assert.equal(code, 2)
    assert.match(errors, /unknown option '--jsn'/)
  })

  test('ends with 2 when a number is none, and says which numbers are taken', async () => {
    const results = await Promise.all([
      run(['call', 'Hello', '--max-tokens', 'many']),
      run(['call', 'Hello', '--timeout-ms', '0']),
      run(['call', 'Hello', '--timeout-ms', '2147483648']),
    ])
    for (const { code, errors } of results) {
      assert.equal(code, 2)
      assert.match(errors, /It must be a whole number from 1 to 2147483647\./)
    }
  })
})
