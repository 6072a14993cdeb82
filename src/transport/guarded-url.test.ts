import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Guard, guardedUrlProblem } from './guarded-url.ts'
import { createAddressRule } from './public-address.ts'

const strict: Guard = { addresses: createAddressRule(), isPlainAllowed: false, isOperators: false }

describe('an address that something may be sent to', () => {
  for (const good of [
    'https://example.com/',
    'https://example.com:443/a?b=c',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
  ])
    test(`may be ${good}`, () => assert.equal(guardedUrlProblem(good, strict), undefined))

  for (const [bad, problem] of [
    ['http://example.com/', /https/],
    ['ftp://example.com/', /expected an https address/],
    ['javascript:alert(1)', /expected an https address/],
    ['example.com', /expected an https address/],
    ['https://ada@example.com/', /user name/],
    ['https://ada:secret@example.com/', /user name/],
    ['https://example.com:8443/', /port 443/],
    [`https://example.com/${'a'.repeat(2_048)}`, /2048 characters/],
    ['https://127.0.0.1/', /public internet/],
    ['https://127.1/', /public internet/],
    ['https://2130706433/', /public internet/],
    ['https://0x7f.1/', /public internet/],
    ['https://0177.0.0.1/', /public internet/],
    ['https://0/', /public internet/],
    ['https://１２７.0.0.1/', /public internet/],
    ['https://127。0。0。1/', /public internet/],
    ['https://[::1]/', /public internet/],
    ['https://[::ffff:127.0.0.1]/', /public internet/],
    ['https://[0:0:0:0:0:ffff:7f00:1]/', /public internet/],
    ['https://[64:ff9b::7f00:1]/', /public internet/],
    ['https://[fe80::1%25eth0]/', /expected an https address/],
    ['https://169.254.169.254/latest', /public internet/],
    ['https://localhost/', /public internet/],
    ['https://LOCALHOST./', /public internet/],
    ['https://a.localhost/', /public internet/],
    ['https://example.com\\@127.0.0.1/x', undefined],
    ['https:\\\\127.0.0.1/', /public internet/],
  ] as const)
    test(`cannot be ${bad.slice(0, 60)}${problem ? '' : ', but that is another host than it looks'}`, () => {
      const found = guardedUrlProblem(bad, strict)
      if (problem) assert.match(found ?? '', problem)
      else assert.equal(found, undefined)
    })

  test('may be http, private and of any port where that is allowed', () => {
    const open: Guard = { addresses: createAddressRule(['127.0.0.0/8']), isPlainAllowed: true, isOperators: true }
    for (const good of ['http://127.0.0.1:8080/', 'http://localhost:1/', 'http://0x7f.2/', 'https://example.com:8443/'])
      assert.equal(guardedUrlProblem(good, open), undefined)
    assert.match(guardedUrlProblem('http://10.0.0.1/', open) ?? '', /public internet/)
  })
})
