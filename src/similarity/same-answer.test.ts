import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agreementOf } from './same-answer.ts'

test('letters and white space aside, equal answers are the same', () => {
  assert.equal(agreementOf('Paris.\n', ' paris.'), 'same')
})

test('JSON is compared by what it holds', () => {
  assert.equal(agreementOf('{"a":1,"b":[2]}', '```json\n{ "b": [2], "a": 1 }\n```'), 'same')
  assert.equal(agreementOf('{"a":1}', '{"a":2}'), 'different')
  assert.equal(agreementOf('{"a":1}', 'a is 1'), 'different')
})

test('short answers with other facts differ', () => {
  assert.equal(agreementOf('It costs 5 euro.', 'It costs 6 euro.'), 'different')
  assert.equal(agreementOf('Yes, it is safe.', 'No, it is not safe.'), 'different')
})

const reset =
  'Open the settings of your account, choose Security, and press Reset password. We send you a link by mail; follow it within an hour and choose a new password.'
const resetOtherwise =
  'To reset your password, open your account settings and choose Security. Press Reset password, and follow the link that we send you by mail within an hour to choose a new one.'
const whales =
  'Blue whales are the largest animals that ever lived. They feed on krill, travel thousands of miles every year, and sing songs that carry across whole oceans.'

test('long answers are alike when they share their words', () => {
  assert.equal(agreementOf(reset, resetOtherwise), 'alike')
  assert.equal(agreementOf(reset, whales), 'different')
})
