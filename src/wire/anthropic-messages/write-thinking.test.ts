import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Chat, ReasoningRequest } from '../../core/request.ts'
import type { Quirks } from '../../core/target.ts'
import { plainRequest, plainTarget } from '../../testing/wire-suite.ts'
import { abilitiesOf } from '../claude-abilities.ts'
import { planThinking, type ThinkingPlan } from './write-thinking.ts'

const plan = (
  model: string,
  reasoning: ReasoningRequest,
  chat: Partial<Chat> = {},
  quirks: Quirks = {},
): ThinkingPlan => {
  const target = { ...plainTarget(quirks), model }
  const request = plainRequest('openai-chat')
  return planThinking({
    request: { ...request, chat: { ...request.chat, ...chat, reasoning } },
    target,
    abilities: abilitiesOf(target),
  })
}

describe('asking for thinking', () => {
  test('leaves it to models that decide themselves, with the effort as it was asked', () => {
    assert.deepEqual(plan('claude-opus-5', { effort: 'xhigh' }), {
      thinking: { type: 'adaptive' },
      effort: 'xhigh',
      maxTokens: 4096,
    })
    assert.deepEqual(plan('claude-opus-5', { mode: 'on', show: true }).thinking, {
      type: 'adaptive',
      display: 'summarized',
    })
  })

  test('uses the nearest effort that a model knows and that is not above', () => {
    assert.equal(plan('claude-opus-5', { effort: 'minimal' }).effort, 'low')
    assert.equal(plan('claude-sonnet-4-6', { effort: 'xhigh' }).effort, 'high')
    assert.equal(plan('claude-sonnet-4-6', { effort: 'max' }).effort, 'max')
    assert.equal(plan('claude-opus-4-5', { effort: 'max' }).effort, 'high')
  })

  test('gives older models a budget, and room for an answer beside it', () => {
    assert.deepEqual(plan('claude-haiku-4-5', { effort: 'high' }), {
      thinking: { type: 'enabled', budget_tokens: 16_384 },
      effort: undefined,
      maxTokens: 16_384 + 4096,
    })
    assert.deepEqual(plan('claude-opus-4-5', { effort: 'low' }).effort, 'low')
  })

  test('keeps a budget below the limit of the output', () => {
    const { thinking, maxTokens } = plan('claude-haiku-4-5', { effort: 'high' }, { maxOutput: 4000 })
    assert.deepEqual([thinking?.budget_tokens, maxTokens], [2000, 4000])
    assert.equal(plan('claude-haiku-4-5', { budget: 9000 }, { maxOutput: 1500 }).thinking?.budget_tokens, 1024)
    assert.equal(plan('claude-haiku-4-5', { budget: 10 }, { maxOutput: 1500 }).thinking?.budget_tokens, 1024)
    assert.throws(() => plan('claude-haiku-4-5', { effort: 'low' }, { maxOutput: 1024 }), { code: 'invalid_request' })
  })

  test('keeps a budget where both ways are known, and makes an effort of it where none is taken', () => {
    assert.deepEqual(plan('claude-sonnet-4-6', { budget: 5000 }).thinking, { type: 'enabled', budget_tokens: 5000 })
    assert.deepEqual(plan('claude-opus-5', { budget: 5000 }), {
      thinking: { type: 'adaptive' },
      effort: 'medium',
      maxTokens: 4096,
    })
  })

  test('switches it off, or says that this model cannot be quiet', () => {
    assert.deepEqual(plan('claude-opus-5', { effort: 'none' }).thinking, { type: 'disabled' })
    assert.deepEqual(plan('claude-haiku-4-5', { mode: 'off' }).thinking, { type: 'disabled' })
    assert.throws(() => plan('claude-fable-5', { effort: 'none' }), /without thinking/)
  })

  test('obeys what is known of a target that only imitates the language', () => {
    assert.deepEqual(plan('other', { effort: 'low' }, {}, { reasoningRequest: 'thinking' }).thinking?.type, 'enabled')
    assert.equal(plan('other', { budget: 5000 }, {}, { reasoningRequest: 'effort' }).effort, 'medium')
    assert.equal(plan('other', { effort: 'none' }, {}, { reasoningRequest: 'none' }).thinking, undefined)
    assert.throws(() => plan('other', { effort: 'low' }, {}, { reasoningRequest: 'none' }), { code: 'invalid_request' })
  })
})
