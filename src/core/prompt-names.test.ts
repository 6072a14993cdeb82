import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plainRequest } from '../testing/plain-request.ts'
import { promptNames } from './prompt-names.ts'
import type { Chat, Message, Tool } from './request.ts'

const said = (role: Message['role'], text: string): Message => ({ role, parts: [{ kind: 'text', text }] })

const ask = (system: string | undefined, question: string, tools: readonly Tool[] = []) => {
  const chat: Chat = {
    messages: [...(system === undefined ? [] : [said('system', system)]), said('user', question)],
    tools,
    stop: [],
  }
  return plainRequest('openai-chat', { chat })
}

describe('a name of a prompt', () => {
  const name = promptNames(new Uint8Array(32))

  test('is the same for all questions of one template, and another for another template', () => {
    assert.equal(name(ask('be kind', 'one')), name(ask('be kind', 'two')))
    assert.notEqual(name(ask('be kind', 'one')), name(ask('be brief', 'one')))
    assert.equal(name(ask('be kind', 'one')), promptNames(new Uint8Array(32))(ask('be kind', 'three')))
  })

  test('changes with the tools', () => {
    const tool = (called: string): Tool => ({ name: called })
    assert.notEqual(name(ask('be kind', 'x')), name(ask('be kind', 'x', [tool('a')])))
    assert.notEqual(name(ask('be kind', 'x', [tool('b')])), name(ask('be kind', 'x', [tool('a')])))
  })

  test('tells nothing without the secret, and is absent where there are no instructions', () => {
    assert.notEqual(name(ask('be kind', 'x')), promptNames(new Uint8Array(32).fill(1))(ask('be kind', 'x')))
    assert.equal(name(ask(undefined, 'x')), undefined)
  })

  test('stays right when more templates come than are remembered', () => {
    const names = Array.from({ length: 40 }, (_, index) => name(ask(`template ${index}`, 'x')))
    assert.equal(new Set(names).size, 40)
    assert.equal(name(ask('template 0', 'y')), names[0])
  })
})
