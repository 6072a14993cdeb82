import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { configurationSample } from '../../scripts/configuration-reference.ts'
import { ConfigError } from './complaints.ts'
import { loadConfig } from './load.ts'
import type { ConfigInput } from './schema.ts'

const probe = async () => undefined
const environment = { OPENAI_API_KEY: 'sk-openai-1', WEB_KEY: 'web-key-1', WEBHOOK_SECRET: 'webhook-secret-1' }

/** Fails when loading ends with anything but a configuration or a ConfigError. */
const survives = async (load: () => Promise<unknown>): Promise<void> => {
  try {
    await load()
  } catch (error) {
    assert.ok(error instanceof ConfigError, error instanceof Error ? (error.stack ?? error.message) : String(error))
    assert.ok(error.complaints.length > 0)
    assert.doesNotMatch(error.message, /sk-openai-1|web-key-1|webhook-secret-1/)
  }
  assert.equal(Reflect.get({}, 'polluted'), undefined)
}

const pieces = [
  ...'{}[]:,-?&*!|>#"\'%@`$\t\n \\~',
  '${',
  '$${',
  '<<: *a',
  '&a ',
  '*a',
  '---\n',
  '!!binary ',
  '__proto__: { polluted: 1 }',
  'null',
  '.inf',
  '1e999',
  '\u0000',
  '\uFEFF',
  '\u2028',
  '\ud800',
  '- ',
  '\n  ',
  '0x',
  'constructor: ',
  '\r',
]

const mutation = fc.record({
  at: fc.nat(configurationSample.length),
  drop: fc.nat(12),
  put: fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 4 })),
})

describe('any text', () => {
  test('near a good configuration gives a configuration or complaints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 6 }), async (mutations) => {
        let text = configurationSample
        for (const { at, drop, put } of mutations) text = text.slice(0, at) + put + text.slice(at + drop)
        await survives(() => loadConfig({ text, environment, probe }))
      }),
      { numRuns: 600 },
    )
  })

  test('made of the pieces of YAML gives a configuration or complaints', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...pieces, 'models', 'a', 'sim/a'), { maxLength: 40 }),
        async (parts) => {
          await survives(() => loadConfig({ text: parts.join(''), environment, probe }))
        },
      ),
      { numRuns: 600 },
    )
  })
})

describe('any value', () => {
  const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true })
  const near = fc.record(
    {
      server: anything,
      providers: fc.dictionary(fc.string(), anything),
      models: fc.dictionary(fc.string(), fc.oneof(anything, fc.record({ targets: anything, policies: anything }))),
      keys: fc.array(fc.oneof(anything, fc.record({ name: fc.string(), key: fc.string(), models: anything }))),
      prices: anything,
      timeouts: anything,
      discover: anything,
    },
    { requiredKeys: [] },
  )

  test('gives a configuration or complaints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, near), async (value) => {
        await survives(() => loadConfig({ value: value as ConfigInput, environment, probe }))
      }),
      { numRuns: 1000 },
    )
  })
})
