import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plainTarget } from '../testing/wire-suite.ts'
import { type Abilities, abilitiesOf } from './claude-abilities.ts'

const of = (model: string): Abilities => abilitiesOf({ ...plainTarget(), model })

const generations: readonly (readonly [model: string, expected: Partial<Abilities>])[] = [
  ['claude-3-haiku-20240307', { thinking: 'budget', effort: false, sampling: true, prefill: true, midSystem: false }],
  ['anthropic.claude-3-7-sonnet-20250219-v1:0', { thinking: 'budget', effort: false }],
  ['claude-sonnet-4@20250514', { thinking: 'budget', effort: false, prefill: true }],
  ['claude-opus-4-20250514', { thinking: 'budget', effort: false }],
  ['claude-haiku-4-5-20251001', { thinking: 'budget', effort: false, sampling: true, quiet: true }],
  ['claude-opus-4-5', { thinking: 'budget', effort: true, xhigh: false }],
  ['claude-sonnet-4-6', { thinking: 'both', effort: true, xhigh: false, sampling: true, prefill: false }],
  ['anthropic/claude-opus-4.7', { thinking: 'adaptive', xhigh: true, sampling: false, midSystem: false }],
  ['us.anthropic.claude-opus-4-8-v1', { midSystem: true, quiet: true, forcedTools: true }],
  ['claude-haiku-5-5', { thinking: 'adaptive', quiet: true, forcedTools: true, sampling: false }],
  ['claude-opus-5-5', { quiet: false, forcedTools: false }],
  ['claude-fable-5', { quiet: false, forcedTools: true }],
  ['claude-fable-5-2', { quiet: false, forcedTools: false }],
  ['claude-mythos-preview', { thinking: 'adaptive', quiet: false }],
  ['deepseek-v4', { thinking: 'both', sampling: true, midSystem: false, prefill: true, forcedTools: true }],
]

describe('what a model takes', () => {
  for (const [model, expected] of generations) {
    test(`is known of ${model} by its name`, () => {
      const known = of(model)
      for (const [ability, value] of Object.entries(expected)) {
        assert.equal(known[ability as keyof Abilities], value, ability)
      }
    })
  }

  test('is what its quirks say where they say something', () => {
    const target = { ...plainTarget({ reasoningRequest: 'thinking', systemAnywhere: false }), model: 'claude-opus-5' }
    assert.equal(abilitiesOf(target).thinking, 'budget')
    assert.equal(abilitiesOf(target).midSystem, false)
  })
})
