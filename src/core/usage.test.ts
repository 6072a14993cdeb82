import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addUsage, inputTokens, noUsage, outputTokens, type Usage } from './usage.ts'

const all: Usage = {
  input: 1,
  cacheRead: 2,
  cacheWriteShort: 3,
  cacheWriteLong: 4,
  audioInput: 5,
  output: 6,
  reasoning: 7,
  audioOutput: 8,
  source: 'measured',
}

describe('two usages', () => {
  it('are added part by part', () => {
    const both = addUsage(all, { ...all, input: 100, serviceTier: 'fast', searches: 2 })
    assert.deepEqual(addUsage(all, noUsage), all)
    assert.deepEqual([both.input, both.audioOutput], [101, 16])
    assert.equal(inputTokens(both), 2 * inputTokens(all) + 99)
    assert.equal(outputTokens(both), 2 * outputTokens(all))
    assert.equal(both.serviceTier, undefined)
  })

  it('are known together as well as the one that is known worse', () => {
    const source = (one: Usage['source'], other: Usage['source']): string =>
      addUsage({ ...all, source: one }, { ...all, source: other }).source
    assert.equal(source('measured', 'measured'), 'measured')
    assert.equal(source('measured', 'counted'), 'counted')
    assert.equal(source('estimated', 'counted'), 'estimated')
  })
})
