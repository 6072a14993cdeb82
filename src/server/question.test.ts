import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Caller } from '../core/call.ts'
import type { JsonObject } from '../core/json.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { questionOf } from './question.ts'

const caller: Caller = { key: 'web', team: 'shop', user: 'ada' }

const callerOf = (headers: Record<string, string>, more: JsonObject = {}, who: Caller = caller): Caller => {
  const body = { model: 'chat', messages: [{ role: 'user', content: 'Hello.' }], ...more }
  return questionOf(openaiChat.readRequest(body, { operation: 'chat' }), who, headers).caller
}

describe('whom a call is made for', () => {
  test('is the same object where nothing is said', () => assert.equal(callerOf({}), caller))

  test('is the end user of the header, of the body, or of the gateway that was made for somebody', () => {
    assert.equal(callerOf({ 'x-tollgate-user': 'u-1' }, { user: 'u-2' }).endUser, 'u-1')
    assert.equal(callerOf({}, { user: 'u-2' }).endUser, 'u-2')
    assert.equal(callerOf({}, { metadata: { tollgate: { user: 'u-3' } } }).endUser, 'u-3')
    assert.equal(callerOf({}, { user: 'u-2' }, { ...caller, endUser: 'u-4' }).endUser, 'u-4')
  })

  test('is never another user than the one whom the key belongs to', () => {
    assert.equal(callerOf({ 'x-tollgate-user': 'mallory' }).user, 'ada')
    assert.equal(callerOf({}, { user: 'mallory' }, { key: 'web' }).user, undefined)
  })

  test('has a session and tags by header or by body', () => {
    const said = callerOf({ 'x-tollgate-session': 's-1', 'x-tollgate-tags': 'feature=search,step=2' })
    assert.equal(said.session, 's-1')
    assert.deepEqual({ ...said.tags }, { feature: 'search', step: '2' })
    const inBody = callerOf({}, { metadata: { tollgate: { session: 's-2', tags: 'a=1' } } })
    assert.equal(inBody.session, 's-2')
    assert.deepEqual({ ...inBody.tags }, { a: '1' })
  })

  test('has names that every store can keep, however long or broken they were', () => {
    const { endUser = '' } = callerOf({}, { user: `${'u'.repeat(255)}😀` })
    assert.equal(endUser.length, 256)
    assert.equal(endUser.isWellFormed(), true)
  })
})
