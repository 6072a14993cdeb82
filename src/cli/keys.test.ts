import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createFolder, run } from './spawned.ts'

const secretForm = /^sk-tg-[0-9A-Za-z]{59}\n$/
const files = {
  'tollgate.yaml': 'keys: [{ name: batch, key: batch-secret, team: research }]\nmodels: { chat: sim/small }\n',
}

describe('tollgate keys', () => {
  test('hold a key to less of memory, and set its turn where calls wait', async () => {
    await using folder = await createFolder()
    const surroundings = { folder: folder.path }
    const words = ['keys', 'create', 'hr', '--cache', 'off', '--priority', 'low', '--weight', '2.5', '--json']
    const { key } = JSON.parse((await run(words, surroundings)).output)
    assert.deepEqual([key.cache, key.priority, key.weight], ['off', 'low', 2.5])
    const change = ['keys', 'change', 'hr', '--cache', 'exact', '--clear', 'weight,priority', '--json']
    const changed = JSON.parse((await run(change, surroundings)).output)
    assert.deepEqual([changed.cache, changed.priority, changed.weight], ['exact', undefined, undefined])
    for (const wrong of [
      ['--cache', 'read'],
      ['--weight', '0'],
      ['--weight', '1e2'],
      ['--priority', 'urgent'],
    ])
      assert.equal((await run(['keys', 'create', 'x', ...wrong], surroundings)).code, 2, wrong.join(' '))
  })

  test('makes a key: its secret alone on standard output, words about it beside, and the file with it', async () => {
    await using folder = await createFolder()
    const words = ['keys', 'create', 'web', '--team', 'shop', '--models', 'sim/small', '--expires', '90d']
    const { code, output, errors } = await run(words, { folder: folder.path })
    assert.equal(code, 0)
    assert.match(output, secretForm)
    assert.match(errors, /tollgate\.db is new\.\nKey web was made\. Its secret is shown only now:\n$/)
    assert.ok(!errors.includes(output.trim()))
    const listed = await run(['keys', 'list'], { folder: folder.path })
    const [heading, row] = listed.output.split('\n').map((line) => line.split(/ {2,}/))
    assert.deepEqual(heading, ['NAME', 'KEY', 'TEAM', 'MODELS', 'STATE', 'EXPIRES (UTC)', 'FROM'])
    assert.deepEqual(
      [row?.[0], row?.[1], ...(row?.slice(2, 5) ?? []), row?.[6]],
      ['web', `${output.slice(0, 16)}…${output.trim().slice(-4)}`, 'shop', 'sim/small', 'active', 'store'],
    )
    const bytes = await readFile(join(folder.path, 'tollgate.db'))
    assert.ok(!bytes.includes(output.trim()), 'the secret stands in the file')
  })

  test('rotates, changes and revokes a key, and lists those of the configuration beside it', async () => {
    await using folder = await createFolder(files)
    const surroundings = { folder: folder.path }
    const first = JSON.parse((await run(['keys', 'create', 'web', '--json'], surroundings)).output)
    const second = await run(['keys', 'rotate', 'web', '--overlap', '24h'], surroundings)
    assert.match(second.output, secretForm)
    assert.notEqual(second.output.trim(), first.secret)
    assert.match(second.errors, /the earlier one works for 1d more/)
    const changed = await run(['keys', 'change', 'web', '--user', 'ada', '--models', 'chat', '--json'], surroundings)
    assert.partialDeepStrictEqual(JSON.parse(changed.output), { name: 'web', user: 'ada', models: ['chat'] })
    const cleared = await run(['keys', 'change', 'web', '--clear', 'user,models', '--json'], surroundings)
    assert.equal(JSON.parse(cleared.output).user, undefined)
    const revoked = await run(['keys', 'revoke', 'web'], surroundings)
    assert.equal(revoked.output, 'Key web is revoked: every server on this store refuses it within a second.\n')
    const listed = await run(['keys', 'list', '--json'], surroundings)
    assert.deepEqual(
      JSON.parse(listed.output).map(({ name, state, declared }: Record<string, unknown>) => [name, state, declared]),
      [
        ['batch', 'active', true],
        ['web', 'revoked', false],
      ],
    )
    assert.doesNotMatch(listed.output, /batch-secret/)
  })

  test('fails with 1 and says what was wrong: no store, no such key, a name that is taken, a key of the configuration', async () => {
    await using folder = await createFolder(files)
    const surroundings = { folder: folder.path }
    const none = await run(['keys', 'list'], surroundings)
    assert.equal(none.code, 1)
    assert.match(
      none.errors,
      /^There is no store at .*tollgate\.db\. "tollgate serve" makes it, and so does "tollgate keys create"/,
    )
    await run(['keys', 'create', 'web'], surroundings)
    const results = await Promise.all([
      run(['keys', 'revoke', 'wbe'], surroundings),
      run(['keys', 'create', 'web'], surroundings),
      run(['keys', 'revoke', 'batch'], surroundings),
      run(['keys', 'create', 'app', '--models', 'chta'], surroundings),
      run(['keys', 'create', 'a b', '--json'], surroundings),
    ])
    assert.deepEqual(
      results.map(({ code }) => code),
      [1, 1, 1, 1, 1],
    )
    assert.match(results[0]?.errors ?? '', /^not_found: There is no key "wbe"; did you mean "web"\?/)
    assert.match(results[1]?.errors ?? '', /^conflict: A key called web is there already/)
    assert.match(results[2]?.errors ?? '', /^conflict: The key batch is declared in the configuration; change it there/)
    assert.match(results[3]?.errors ?? '', /^invalid_request: models\.0: no model has this name/)
    assert.equal(JSON.parse(results[4]?.output ?? '').error.code, 'invalid_request')
  })

  test('ends with 2 for what it does not understand', async () => {
    await using folder = await createFolder()
    const surroundings = { folder: folder.path }
    const results = await Promise.all([
      run(['keys'], surroundings),
      run(['keys', 'create'], surroundings),
      run(['keys', 'create', 'web', '--expires', '2020-01-01'], surroundings),
      run(['keys', 'change', 'web'], surroundings),
      run(['keys', 'change', 'web', '--team', 'shop', '--clear', 'team'], surroundings),
    ])
    assert.deepEqual(
      results.map(({ code, output }) => ({ code, output })),
      results.map(() => ({ code: 2, output: '' })),
    )
    assert.match(results[0]?.errors ?? '', /create \[options\] <name>/)
    assert.match(results[2]?.errors ?? '', /It must be to come/)
    assert.match(results[3]?.errors ?? '', /Nothing to change was named/)
    assert.match(results[4]?.errors ?? '', /--team and --clear team contradict each other/)
  })

  test('works on the store that is named, and refuses one that no command reaches', async () => {
    await using folder = await createFolder({ 'tollgate.yaml': 'store: memory\n' })
    const surroundings = { folder: folder.path }
    const memory = await run(['keys', 'create', 'web'], surroundings)
    assert.equal(memory.code, 1)
    assert.match(memory.errors, /The store is the memory of the server itself/)
    const named = await run(['keys', 'create', 'web', '--store', 'sqlite:other.db'], surroundings)
    assert.equal(named.code, 0)
    const wrong = await run(['keys', 'list', '--store', 'other.db'], surroundings)
    assert.equal(wrong.code, 1)
    assert.match(wrong.errors, /--store: expected sqlite: with the path of a file/)
  })
})
