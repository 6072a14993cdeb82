import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import { parseConfig } from './load.ts'
import type { ConfigInput } from './schema.ts'

type Models = NonNullable<ConfigInput['models']>

const parsed = (models: Models) =>
  parseConfig({ discover: false, providers: { sim: { kind: 'simulated' } }, models }, {})

const complaints = (models: Models): Promise<string> =>
  parsed(models).then(
    () => assert.fail('nothing was complained of'),
    (thrown: unknown) => {
      assert.ok(thrown instanceof ConfigError)
      return thrown.message
    },
  )

describe('the output of a model in a configuration', () => {
  test('has what is usual where it says nothing, and nothing at all where it says so', async () => {
    const { models } = await parsed({
      a: 'sim/small',
      b: { targets: ['sim/small'], output: false },
      c: { targets: ['sim/small'], output: {} },
    })
    assert.equal(models.get('a')?.output, undefined)
    assert.equal(models.get('b')?.output, 'off')
    assert.deepEqual(models.get('c')?.output, { attempts: 2, fallback: [], mode: 'incremental', rules: [] })
  })

  test('may name any model, also one that comes later', async () => {
    const { models } = await parsed({
      a: { targets: ['sim/small'], output: { attempts: 1, fallback: ['b', 'sim/large'], default: { items: [] } } },
      b: 'sim/large',
    })
    assert.deepEqual(models.get('a')?.output, {
      attempts: 1,
      fallback: ['b', 'sim/large'],
      default: { items: [] },
      mode: 'incremental',
      rules: [],
    })
  })

  test('is complained of as a whole', async () => {
    const told = await complaints({
      chat: {
        targets: ['sim/small'],
        output: {
          attempts: 9,
          fallback: ['caht', 'nowhere/x'],
          rules: [{ at: 'sources' }, { at: '/a', matches: '(?=a)' }, { at: '/b', minLength: 3, maxLength: 2 }],
        },
      },
    })
    assert.match(told, /models\.chat\.output.*attempts/)
    const deeper = await complaints({
      chat: {
        targets: ['sim/small'],
        output: {
          fallback: ['caht', 'nowhere/x'],
          rules: [
            { at: '/a', matches: '(?=a)' },
            { at: '/b', minLength: 3, maxLength: 2 },
          ],
        },
      },
    })
    for (const place of ['fallback[0]', 'fallback[1]', 'rules[0].matches', 'rules[1].maxLength'])
      assert.ok(deeper.includes(`models.chat.output.${place}`), `${place}\n${deeper}`)
  })
})

describe('the output of all models in a configuration', () => {
  test('holds where a model says nothing, and for models by their provider', async () => {
    const config = await parseConfig(
      {
        discover: false,
        providers: { sim: { kind: 'simulated' } },
        models: { a: 'sim/small', b: { targets: ['sim/small'], output: { attempts: 3 } } },
        output: false,
      },
      {},
    )
    assert.equal(config.output, 'off')
    assert.equal(config.models.get('a')?.output, 'off')
    assert.deepEqual(config.models.get('b')?.output, { attempts: 3, fallback: [], mode: 'incremental', rules: [] })
  })
})
