import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { InvalidArgumentError } from 'commander'
import * as words from './words.ts'

const refused = (read: (text: string) => unknown, texts: readonly string[], message: RegExp): void => {
  for (const text of texts)
    assert.throws(
      () => read(text),
      (error) => error instanceof InvalidArgumentError && message.test(error.message),
      JSON.stringify(text),
    )
}

describe('words of the command line', () => {
  test('money is exact to nine decimals, alone or within a time', () => {
    assert.deepEqual(words.money('100'), { amount: 100_000_000_000n, ms: undefined })
    assert.deepEqual(words.money('0.000000001'), { amount: 1n, ms: undefined })
    assert.deepEqual(words.money('5/h'), { amount: 5_000_000_000n, ms: 3_600_000 })
    refused(words.money, ['', '-1', '$5', '1,5', '0.0000000001', '1e3', 'NaN', '5/x'], /US dollars/)
  })

  test('a quantity is a whole number, alone or as a rate', () => {
    assert.deepEqual(words.quantity('300/m'), { amount: 300n, ms: 60_000 })
    assert.deepEqual(words.quantity('1.5k/10s'), { amount: 1_500n, ms: 10_000 })
    assert.deepEqual(words.quantity('200k'), { amount: 200_000n, ms: undefined })
    refused(words.quantity, ['', '0.5', '-3', '300/0m', '300/m/h', 'many'], /whole number/)
  })

  test('calls at once are a whole number', () => {
    assert.equal(words.count('20'), 20n)
    refused(words.count, ['', '-1', '1.5', '20/m', '99999999'], /whole number/)
  })

  test('a window is a unit of the calendar, total, or a stretch of time', () => {
    assert.deepEqual(['hour', 'day', 'week', 'month', 'total', '24h'].map(words.window), [
      'hour',
      'day',
      'week',
      'month',
      'total',
      86_400_000,
    ])
    refused(words.window, ['', 'year', '0s', '999ms', '400d', 'daily'], /hour, day, week, month, total/)
  })

  test('a time zone has a name; near ones are told', () => {
    assert.equal(words.timezone('Europe/Berlin'), 'Europe/Berlin')
    refused(words.timezone, ['Europe/Berln'], /did you mean "Europe\/Berlin"/)
    refused(words.timezone, ['', '+02:00', 'Mars'], /time zone/)
  })

  test('a scope has a kind and a name; near kinds are told', () => {
    assert.equal(words.scope('tag:feature=search'), 'tag:feature=search')
    assert.equal(words.scope('gateway:*'), 'gateway:*')
    refused(words.scope, ['taem:shop'], /did you mean "team"/)
    refused(words.scope, ['', 'shop', 'team:', 'gateway:me'], /team:shop/)
  })

  test('percents gather and rise, each once', () => {
    assert.deepEqual(words.percents('80%'), [80])
    assert.deepEqual(words.percents('50,100%', [80, 100]), [50, 80, 100])
    refused(words.percents, ['', '0', '1001', '-5', '80%,', 'half'], /percentages|commas/)
  })

  test('a report is by one to three keys that exist', () => {
    assert.deepEqual(words.reportGroups('team, model'), ['team', 'model'])
    refused(words.reportGroups, ['taem'], /did you mean "team"/)
    refused(words.reportGroups, ['team,team', 'org,team,user,key'], /one to three/)
    refused(words.reportGroups, ['team,,model', ''], /commas/)
  })

  test('conditions gather, one for each key; a name may hold an equals sign', () => {
    assert.deepEqual(words.condition('tag=feature=search', { team: 'shop' }), { team: 'shop', tag: 'feature=search' })
    refused(words.condition, ['team', 'team=', '=shop', 'size=3'], /such as team=shop|There is no/)
    assert.throws(() => words.condition('team=ops', { team: 'shop' }), /one team only/)
  })

  test('an end of life lies ahead', () => {
    assert.ok(words.future('90d') > Date.now())
    refused(words.future, ['2020-01-01', '0s', 'never'], /to come/)
  })

  test('an overlap may be none', () => {
    assert.equal(words.duration('0'), 0)
    assert.equal(words.duration('24h'), 86_400_000)
    refused(words.duration, ['', '24', '-1h', 'long'], /duration/)
  })
})
