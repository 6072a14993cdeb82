import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OutputForecast } from './output-forecast.ts'

test('an answer is expected to be like the latest of the same model and key', () => {
  const forecast = new OutputForecast()
  for (let output = 1; output <= 100; output++) forecast.add({ model: 'm', key: 'short' }, output)
  for (let each = 0; each < 20; each++) forecast.add({ model: 'm', key: 'long' }, 5_000)
  const short = forecast.of({ model: 'm', key: 'short' })
  assert.ok(Math.abs(short.mean - 50.5) < 5 && short.p95 >= 90 && short.p95 <= 96, JSON.stringify(short))
  assert.equal(forecast.of({ model: 'm', key: 'long' }).p95, 5_000)
})

test('a new key is expected to be like others of the model, and a new model like most', () => {
  const forecast = new OutputForecast()
  for (let each = 0; each < 20; each++) forecast.add({ model: 'm', key: 'known' }, 40)
  assert.deepEqual(forecast.of({ model: 'm', key: 'new' }), { mean: 40, variance: 0, p95: 40 })
  assert.equal(forecast.of({ model: 'other', key: 'new' }).p95, 1_024)
})

test('no answer is expected to be longer than its caller lets it be', () => {
  const { mean, p95 } = new OutputForecast().of({ model: 'm', key: 'k' }, 16)
  assert.deepEqual({ mean, p95 }, { mean: 16, p95: 16 })
})

test('what was said long ago is forgotten', () => {
  const forecast = new OutputForecast()
  const asked = { model: 'm', key: 'k' }
  for (let each = 0; each < 200; each++) forecast.add(asked, 9_000)
  for (let each = 0; each < 128; each++) forecast.add(asked, 10)
  assert.deepEqual(forecast.of(asked), { mean: 10, variance: 0, p95: 10 })
})

test('those that were heard of last are remembered, and others are forgotten', () => {
  const forecast = new OutputForecast()
  const say = (key: string): void => {
    for (let each = 0; each < 10; each++) forecast.add({ model: 'm', key }, key === 'other' ? 7 : 40)
  }
  say('other')
  for (let index = 0; index < 400; index++) say(`key-${index}`)
  assert.equal(forecast.of({ model: 'm', key: 'other' }).p95, 7)
  say('other')
  for (let index = 0; index < 400; index++) say(`more-${index}`)
  assert.equal(forecast.of({ model: 'm', key: 'other' }).p95, 7)
  for (let index = 0; index < 2_000; index++) say(`last-${index}`)
  assert.equal(forecast.of({ model: 'm', key: 'other' }).p95, 40)
})
