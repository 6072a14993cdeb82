import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { anthropicMessages } from '../wire/anthropic-messages/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import type { Wire } from '../wire/wire.ts'
import type { JsonObject } from './json.ts'
import { capped, revise } from './request.ts'
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

describe('a capped request', () => {
  const own = { ...body, own_word: { kept: true } }
  const askOwn = (wire: Wire) => wire.readRequest(own, { operation: 'chat' })
  const write = (wire: Wire, asked: ReturnType<typeof askOwn>, quirks: Target['quirks'] = {}): JsonObject =>
    JSON.parse(wire.writeRequest(asked, { ...target, quirks }))

  test('keeps what the caller wrote where the languages are the same, with the cap in the field of the target', () => {
    const openai = write(openaiChat, capped(askOwn(openaiChat), 20))
    assert.deepEqual(
      [openai.max_completion_tokens, openai.max_tokens, openai.own_word],
      [20, undefined, { kept: true }],
    )
    const old = write(openaiChat, capped(askOwn(openaiChat), 20), { maxOutputField: 'max_tokens' })
    assert.deepEqual([old.max_completion_tokens, old.max_tokens, old.own_word], [undefined, 20, { kept: true }])
    const anthropic = write(anthropicMessages, capped(askOwn(anthropicMessages), 20))
    assert.deepEqual([anthropic.max_tokens, anthropic.own_word], [20, { kept: true }])
  })

  test('has its cap in the field of the target where it is translated', () => {
    assert.equal(write(anthropicMessages, capped(askedIn(openaiChat), 20)).max_tokens, 20)
    assert.equal(write(openaiChat, capped(askedIn(anthropicMessages), 20)).max_completion_tokens, 20)
    const old = write(openaiChat, capped(askedIn(anthropicMessages), 20), { maxOutputField: 'max_tokens' })
    assert.deepEqual([old.max_completion_tokens, old.max_tokens], [undefined, 20])
  })

  test('is capped where the caller named no limit', () => {
    const { max_tokens: _, ...unlimited } = body
    const asked = openaiChat.readRequest(unlimited, { operation: 'chat' })
    assert.equal(write(openaiChat, capped(asked, 30)).max_completion_tokens, 30)
    assert.equal(write(anthropicMessages, capped(asked, 30)).max_tokens, 30)
  })

  test('is capped whatever the configuration adds', () => {
    const adds = { max_tokens: 9_000, max_completion_tokens: 9_000 }
    for (const wire of [openaiChat, anthropicMessages])
      for (const door of [openaiChat, anthropicMessages]) {
        const written = write(wire, capped(askedIn(door), 20), { adds, maxOutputField: 'max_tokens' })
        assert.equal(written.max_tokens, 20)
        if (wire === openaiChat) assert.equal(written.max_completion_tokens, undefined)
      }
  })

  test('thinks less at Anthropic where the cap would not leave room for its budget', () => {
    const thinking = { type: 'enabled', budget_tokens: 8_000 }
    const asked = anthropicMessages.readRequest({ ...own, max_tokens: 10_000, thinking }, { operation: 'chat' })
    assert.deepEqual(write(anthropicMessages, asked).thinking, thinking)
    assert.deepEqual(write(anthropicMessages, capped(asked, 9_000)).thinking, thinking)
    assert.deepEqual(write(anthropicMessages, capped(asked, 4_000)).thinking, { ...thinking, budget_tokens: 2_000 })
    assert.throws(() => write(anthropicMessages, capped(asked, 1_000)), { code: 'invalid_request' })
  })
})
