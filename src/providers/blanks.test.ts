import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fillBlanks, isBlankValue } from './blanks.ts'
import type { Blank } from './row.ts'

const account: Blank = { name: 'account', meaning: 'an account', environmentKeys: [] }
const region: Blank = { name: 'region', meaning: 'a region', environmentKeys: [], usual: 'here' }
const address = 'https://{account}.{region}.example/v1'

describe('the blanks of an address', () => {
  test('are filled with what is said, else with what is usual', () => {
    assert.equal(fillBlanks(address, [account, region], { account: 'me' }), 'https://me.here.example/v1')
    assert.equal(
      fillBlanks(address, [account, region], { account: 'me', region: 'eu-1' }),
      'https://me.eu-1.example/v1',
    )
  })

  test('leave no address while one is open', () => {
    assert.equal(fillBlanks(address, [account, region], {}), undefined)
  })

  test('take nothing that would lead elsewhere', () => {
    for (const value of ['', 'a/b', 'a@b', 'a:1', 'a?b', '..', '.a', 'a.', 'a b', 'a#b', '%2f', 'a\\b']) {
      assert.equal(isBlankValue(value), false, value)
      assert.throws(() => fillBlanks(address, [account, region], { account: value }), RangeError)
    }
    assert.ok(isBlankValue('dbc-1a2b.cloud.databricks.com'))
  })
})
