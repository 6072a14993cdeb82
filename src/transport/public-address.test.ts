import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAddressRule, networkProblem } from './public-address.ts'

describe('an address rule', () => {
  const rule = createAddressRule()

  for (const address of [
    '1.1.1.1',
    '8.8.8.8',
    '93.184.215.14',
    '100.63.255.255',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::200e',
  ])
    test(`lets ${address} through, which is public`, () => assert.equal(rule.allows(address), true))

  for (const address of [
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.7',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    '2606:4700::1111%eth0',
    'ff02::1',
    'localhost',
    '',
    '127.1',
  ])
    test(`keeps ${address || 'nothing'} out`, () => assert.equal(rule.allows(address), false))

  test('lets named networks through beside the public internet, and nothing else', () => {
    const open = createAddressRule(['10.1.0.0/16', '::1', '127.0.0.1'])
    const tried = ['10.1.255.255', '::1', '127.0.0.1', '8.8.8.8', '10.2.0.1', '::2', '127.0.0.2', '169.254.169.254']
    assert.deepEqual(
      tried.map((address) => open.allows(address)),
      [true, true, true, true, false, false, false, false],
    )
  })

  test('takes addresses and networks, and nothing that only looks like one', () => {
    for (const good of ['10.0.0.0/8', '::/0', '1.2.3.4', 'fd00::/8']) assert.equal(networkProblem(good), undefined)
    for (const bad of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', 'localhost', '', 'fe80::1%eth0'])
      assert.match(networkProblem(bad) ?? '', /expected an address or a network/)
    assert.throws(() => createAddressRule(['here']), RangeError)
  })
})
