import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import process from 'node:process'
import { test } from 'node:test'
import { promisify } from 'node:util'

/** Runs as the server does: prototypes are out of reach before anybody asks for the first time. */
const program = `
import { startAdminRig } from ${JSON.stringify(new URL('./rig.ts', import.meta.url).href)}
const rig = await startAdminRig()
Reflect.deleteProperty(Object.prototype, '__proto__')
Object.freeze(Object.prototype)
const made = await rig.ask('POST', '/admin/api/keys', { body: { name: 'app', models: ['chat'] } })
const wrong = await rig.ask('POST', '/admin/api/keys', { body: { name: 'app', role: 'admin' } })
const listed = await rig.ask('GET', '/admin/api/keys?limit=1')
const document = await rig.ask('GET', '/admin/api/openapi.json')
console.log(JSON.stringify([made.status, wrong.status, listed.status, document.status, document.at('openapi')]))
await rig[Symbol.asyncDispose]()
`

test('the door opens also after prototypes were put out of reach', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program])
  assert.deepEqual(JSON.parse(stdout), [200, 400, 200, 200, '3.1.0'])
})
