import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { run } from './spawned.ts'

const good = `
models:
  chat: [sim/small, sim/large]
keys:
  - { name: web, key: "\${WEB_KEY}", models: [chat] }
`

const bad = `server:
  port: 70000
models:
  chat:
    targets: [sim/small, opnai/gpt-5]
    polices: [cheapest]
keys:
  - { name: web, key: short }
`

describe('tollgate check', () => {
  test('says that a good file is good, and what is in it', async () => {
    const { code, output, errors } = await run(['check'], {
      files: { 'tollgate.yaml': good },
      environment: { WEB_KEY: 'web-secret-1' },
    })
    assert.deepEqual(
      { code, output, errors },
      { code: 0, output: 'The configuration is good (tollgate.yaml): 1 provider, 1 model, 1 key.\n', errors: '' },
    )
  })

  test('says what a server would still refuse: an address that others reach, while nobody has a key', async () => {
    const { code, errors } = await run(['check'], { files: { 'tollgate.yaml': 'server: { host: 0.0.0.0 }' } })
    assert.equal(code, 0)
    assert.match(errors, /^-- server\.host: 0\.0\.0\.0 is reachable .* It starts only where the store holds a key\.\n$/)
  })

  test('warns when what is said would be kept without encryption, and not when it is encrypted', async () => {
    const storing = 'telemetry: { storeBodies: true }'
    const plain = await run(['check'], { files: { 'tollgate.yaml': storing } })
    assert.equal(plain.code, 0)
    assert.match(plain.errors, /^-- telemetry\.storeBodies: .* without encryption; give cache\.key to encrypt it\.\n$/)
    const sealed = `${storing}\ncache: { key: "${'a'.repeat(64)}" }`
    assert.equal((await run(['check'], { files: { 'tollgate.yaml': sealed } })).errors, '')
  })

  test('is content where there is no file at all', async () => {
    const { code, output } = await run(['check'])
    assert.equal(code, 0)
    assert.match(output, /no file: the defaults/)
  })

  test('shows the whole configuration as JSON, without its secrets', async () => {
    const { code, output } = await run(['check', '--json'], {
      files: { 'tollgate.yaml': good },
      environment: { WEB_KEY: 'web-secret-1' },
    })
    const shown = JSON.parse(output)
    assert.equal(code, 0)
    assert.equal(shown.ok, true)
    assert.equal(shown.config.keys[0].key, '[hidden]')
    assert.doesNotMatch(output, /web-secret-1/)
  })

  test('tells everything that is wrong at once, each with line, column and path', async () => {
    const { code, output, errors } = await run(['check', '--config', 'bad.yaml'], { files: { 'bad.yaml': bad } })
    assert.equal(code, 1)
    assert.equal(output, '')
    const places = errors
      .trimEnd()
      .split('\n')
      .map((line) => /^\S+ \S+(?=: )/.exec(line)?.[0])
    assert.deepEqual(places, [
      'bad.yaml:2:9 server.port',
      'bad.yaml:5:26 models.chat.targets[1]',
      'bad.yaml:6:5 models.chat.polices',
      'bad.yaml:8:23 keys[0].key',
    ])
  })

  test('tells complaints as JSON where JSON is asked for', async () => {
    const { code, output } = await run(['check', '--json', '-c', 'bad.yaml'], { files: { 'bad.yaml': bad } })
    assert.equal(code, 1)
    const { complaints } = JSON.parse(output).error
    assert.equal(complaints.length, 4)
    assert.deepEqual(
      { ...complaints[0], problem: undefined },
      { file: 'bad.yaml', line: 2, column: 9, path: 'server.port', problem: undefined },
    )
  })

  test('ends with 1 when the named file does not exist', async () => {
    const { code, errors } = await run(['check', '-c', 'nowhere.yaml'])
    assert.deepEqual({ code, errors }, { code: 1, errors: 'nowhere.yaml: there is no such file\n' })
  })

  test('prints the JSON Schema that editors need', async () => {
    const { code, output } = await run(['check', '--schema'])
    const schema = JSON.parse(output)
    assert.equal(code, 0)
    assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
    assert.deepEqual(
      ['providers', 'models', 'keys'].filter((name) => !(name in schema.properties)),
      [],
    )
  })
})
