import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, test } from 'node:test'
import { costOf, nanosFromUsd, type Price, usdFromNanos, worstCostOf } from '../core/money.ts'
import type { ModelFacts } from '../core/target.ts'
import { noUsage } from '../core/usage.ts'
import { compatibleRows } from './compatible.ts'
import { factsOf } from './models.ts'
import { listedAt } from './price-at.ts'
import { corrections } from './price-corrections.ts'

const at = (text: string): number => Date.parse(text)
const million = { ...noUsage, input: 1_000_000 }
const inputOf = (price: Price | undefined): string | undefined => price && usdFromNanos(costOf(million, price))
const boundOf = ({ bound }: ModelFacts): string | undefined => bound && usdFromNanos(worstCostOf(million, bound))

const facts = (provider: string, model: string, moment: string): ModelFacts => {
  const found = factsOf(provider, model, at(moment))
  assert.ok(found)
  return found
}

describe('prices over time', () => {
  test('are those of the moment, and bound by the dearest of the day to come', () => {
    const monday = facts('deepseek', 'deepseek-flash', '2026-11-23T00:30:00Z')
    assert.deepEqual([inputOf(monday.price), boundOf(monday)], ['0.15', '0.3'])
    const peak = facts('deepseek', 'deepseek-flash', '2026-11-23T02:30:00Z')
    assert.deepEqual([inputOf(peak.price), boundOf(peak)], ['0.3', '0.3'])
  })

  test('are bound by no peak when none comes within a day', () => {
    const saturday = facts('deepseek', 'deepseek-flash', '2026-11-21T12:00:00Z')
    assert.deepEqual([inputOf(saturday.price), boundOf(saturday)], ['0.15', '0.15'])
  })

  test('are bound by a price that begins tomorrow', () => {
    const newYearsEve = facts('google', 'gemini-3.8-flash', '2026-12-31T12:00:00Z')
    assert.deepEqual([inputOf(newYearsEve.price), boundOf(newYearsEve)], ['0.75', '1.5'])
    const before = facts('google', 'gemini-3.8-flash', '2026-12-30T12:00:00Z')
    assert.deepEqual([inputOf(before.price), boundOf(before)], ['0.75', '0.75'])
  })

  test('hold until the next change, or for an hour at most', () => {
    const until = (moment: string) => facts('deepseek', 'deepseek-chat', moment).validUntil
    assert.equal(until('2026-11-24T00:10:00Z'), at('2026-11-24T00:30:00Z'))
    assert.equal(until('2026-11-24T00:30:00Z'), at('2026-11-24T01:00:00Z'))
    assert.equal(facts('openai', 'gpt-4o', '2026-11-24T00:59:59Z').validUntil, at('2026-11-24T01:00:00Z'))
  })

  test('are remembered while they hold and found anew after that', () => {
    const first = facts('openai', 'gpt-6.2-sol', '2027-02-28T23:10:00Z')
    assert.equal(facts('openai', 'gpt-6.2-sol', '2027-02-28T23:50:00Z'), first)
    const later = facts('openai', 'gpt-6.2-sol', '2027-03-01T00:00:00Z')
    const ultrafast = { ...million, input: 1_000, serviceTier: 'ultrafast' }
    assert.equal(first.price && usdFromNanos(costOf(ultrafast, first.price)), '0.006')
    assert.equal(first.bound && usdFromNanos(costOf(ultrafast, first.bound)), '0.012')
    assert.equal(later.price && usdFromNanos(costOf(ultrafast, later.price)), '0.012')
  })

  test('follow a clock that was put back', () => {
    assert.equal(inputOf(facts('google', 'gemini-3.7-flash', '2027-01-02T00:00:00Z').price), '1.5')
    assert.equal(inputOf(facts('google', 'gemini-3.7-flash', '2026-11-24T00:00:00Z').price), '0.75')
  })

  test('change at the hour on the second', () => {
    const price = (moment: string) => inputOf(listedAt('deepseek', 'deepseek-v4-pro', at(moment))?.price)
    assert.equal(price('2026-11-24T00:59:59Z'), '0.66')
    assert.equal(price('2026-11-24T01:00:00Z'), '1.32')
    assert.equal(price('2026-11-24T03:59:59Z'), '1.32')
    assert.equal(price('2026-11-24T04:00:00Z'), '0.66')
  })
})

interface ListedModel {
  readonly id: string
  readonly prices: unknown
}

const require = createRequire(import.meta.url)
const { findProvider } = require('@pydantic/genai-prices') as typeof import('@pydantic/genai-prices')

/** Every number in the prices of a model, with the way to it. */
const numbersIn = (value: unknown, path: string): [path: string, number: number][] => {
  if (typeof value === 'number') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === 'start' ? [] : numbersIn(inner, `${path}.${key}`)))
}

const providerIds = [
  ...new Set([
    ...compatibleRows.flatMap(({ priceProvider }) => priceProvider ?? []),
    ...['anthropic', 'aws', 'azure', 'cohere', 'fireworks', 'huggingface_together', 'moonshotai', 'perplexity'],
  ]),
]

describe('the digits of listed prices', () => {
  test('are all kept: a nano-dollar per million tokens is fine enough for every price but endless fractions', () => {
    const models = providerIds.flatMap((id) => {
      const listed: readonly ListedModel[] = findProvider({ providerId: id })?.models ?? []
      return listed.map((model) => ({ name: `${id}/${model.id}`, prices: model.prices }))
    })
    assert.ok(models.length > 1_000, String(models.length))
    const lossy = models.flatMap(({ name, prices }) =>
      numbersIn(prices, name).filter(([, usd]) => Number(nanosFromUsd(usd)) / 1e9 !== usd),
    )
    for (const [path, usd] of lossy) {
      assert.ok(String(usd).length > 15, `${path}: ${usd} loses digits`)
      assert.ok(nanosFromUsd(usd) >= BigInt(Math.floor(usd * 1e9)), `${path}: ${usd} was rounded down`)
    }
  })

  test('are kept in the corrections too', () => {
    for (const { model, prices } of corrections) {
      for (const [path, usd] of numbersIn(prices, String(model))) {
        if (path.endsWith('.usd') || !path.includes('.usd.')) continue
        assert.equal(Number(nanosFromUsd(usd)) / 1e9, usd, `${path}: ${usd}`)
      }
    }
  })

  test('have a source and a day in every correction', () => {
    for (const { source, checked, prices } of corrections) {
      assert.match(source, /^https:\/\//)
      assert.match(checked, /^\d{4}-\d\d-\d\d$/)
      assert.ok(prices.length > 0)
    }
  })
})
