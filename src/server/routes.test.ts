import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callerDoors } from '../core/doors.ts'
import { modelPaths } from './model-paths.ts'
import { doors, findDoor, throughDoor } from './routes.ts'

describe('the doors of callers', () => {
  test('are the ones that a key may be good for', () => {
    const ofCallers = [...doors.values()].filter(({ access }) => access === 'caller')
    assert.deepEqual([...ofCallers.map(({ path }) => path), ...modelPaths], callerDoors)
  })

  test('let a key through that is good for them, and name those that it is good for otherwise', () => {
    const caller = { key: 'web', doors: ['/v1/messages', '/v1/models'] }
    const at = (method: string, path: string) => {
      const { door } = findDoor(method, path)
      assert.ok(door.kind !== 'admin')
      return throughDoor(caller, door)
    }
    assert.equal(at('POST', '/v1/messages'), caller)
    assert.equal(at('GET', '/v1/models/chat'), caller)
    assert.throws(() => at('POST', '/v1/chat/completions'), {
      code: 'forbidden',
      message: 'This key is not good for /v1/chat/completions, only for /v1/messages, /v1/models.',
    })
    assert.throws(() => at('POST', '/v1/messages/count_tokens'), { code: 'forbidden' })
    assert.throws(() => throughDoor({ key: 'web', doors: [] }, findDoor('GET', '/v1/models').door as never), {
      message: /only for no door/,
    })
  })
})
