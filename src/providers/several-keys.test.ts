import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCompatible } from './compatible.ts'
import { identitiesOf } from './several-keys.ts'

const prove = (key: string | undefined): Record<string, string> => (key === undefined ? {} : { 'x-api-key': key })

describe('the identities of a provider', () => {
  test('are one where there is one key, or none', () => {
    assert.deepEqual(identitiesOf({ apiKey: 'sk-one-secret' }, prove), {
      headers: { 'x-api-key': 'sk-one-secret' },
      secrets: ['sk-one-secret'],
    })
    assert.deepEqual(identitiesOf({}, prove), { headers: {}, secrets: [] })
    assert.deepEqual(identitiesOf({ apiKeys: [{ key: 'k', weight: 3 }] }, prove).keys, undefined)
  })

  test('are several where there are several keys, each with its weight, and all of them are secret', () => {
    const { keys, secrets } = identitiesOf(
      {
        apiKeys: [
          { key: 'sk-a', weight: 2 },
          { key: 'sk-b', weight: 1 },
        ],
        headers: { 'X-Team': 'shop' },
      },
      prove,
    )
    assert.deepEqual(keys, [
      { headers: { 'x-api-key': 'sk-a', 'x-team': 'shop' }, weight: 2 },
      { headers: { 'x-api-key': 'sk-b', 'x-team': 'shop' }, weight: 1 },
    ])
    assert.deepEqual(secrets, ['sk-a', 'sk-b'])
  })

  test('are those of a provider made with them', () => {
    const apiKeys = [
      { key: 'sk-a', weight: 1 },
      { key: 'sk-b', weight: 1 },
    ]
    const provider = createCompatible({ name: 'o', kind: 'openai', apiKeys })
    assert.deepEqual(
      provider.keys?.map(({ headers }) => headers.authorization),
      ['Bearer sk-a', 'Bearer sk-b'],
    )
    assert.deepEqual(provider.secrets, ['sk-a', 'sk-b'])
    assert.equal(createCompatible({ name: 'o', kind: 'openai', apiKey: 'sk-a' }).keys, undefined)
  })
})
