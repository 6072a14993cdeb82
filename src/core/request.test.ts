import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import type { Wire } from '../wire/wire.ts'
import { revise } from './request.ts'
import type { Target } from './target.ts'

const target: Target = { id: 'up/one', provider: 'up', model: 'one', weight: 1, quirks: {}, facts: undefined }
const body = { model: 'chat', max_tokens: 50, temperature: 0.2, messages: [{ role: 'user', content: 'Hello' }] }

const askedIn = (wire: Wire) => wire.readRequest(body, { operation: 'chat' })

describe('a revised request', () => {
  for (const wire of [openaiChat, anthropicMessages]) {
    test(`reaches ${wire.name} as it was changed, though it was asked in the same language`, () => {
      const asked = askedIn(wire)
      const written = JSON.parse(wire.writeRequest(revise(asked, { temperature: 0.9 }), target))
      assert.equal(written.temperature, 0.9)
      assert.equal(JSON.parse(wire.writeRequest(asked, target)).temperature, 0.2)
    })
  }

  test('leaves the request it came from as it was', () => {
    const asked = askedIn(openaiChat)
    const revised = revise(asked, { maxOutput: 10 })
    assert.equal(asked.chat.maxOutput, 50)
    assert.equal(asked.body, body)
    assert.equal(revised.chat.maxOutput, 10)
    assert.equal(revised.body, undefined)
  })
})
