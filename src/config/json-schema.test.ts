import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { configurationSample } from '../../scripts/configuration-reference.ts'
import { configJsonSchema, fieldsAt, type JsonSchema } from './json-schema.ts'

const schema = configJsonSchema()

/** Every schema inside a schema, with the path of properties that leads to it. */
const all = (part: JsonSchema, path: readonly string[] = []): { path: readonly string[]; part: JsonSchema }[] => [
  { path, part },
  ...Object.entries(part.properties ?? {}).flatMap(([name, inner]) => all(inner as JsonSchema, [...path, name])),
  ...[part.additionalProperties, part.items, ...(part.anyOf ?? [])].flatMap((inner) =>
    typeof inner === 'object' && !Array.isArray(inner) ? all(inner, [...path, '*']) : [],
  ),
]

const partAt = (...path: string[]): JsonSchema => {
  const found = all(schema).find((one) => one.path.join('.') === path.join('.'))
  assert.ok(found, path.join('.'))
  return found.part
}

/** Fails where plain data has a field that the schema does not know: the part of validation that editors live by. */
const assertKnown = (value: unknown, path: readonly (string | number)[] = []): void => {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) assertKnown(item, [...path, index])
  else if (typeof value === 'object' && value !== null) {
    const known = fieldsAt(path)
    for (const [key, item] of Object.entries(value)) {
      if (known.length > 0) assert.ok(known.includes(key), `${path.join('.')} has no field ${key}`)
      assertKnown(item, [...path, key])
    }
  }
}

describe('the JSON Schema', () => {
  test('is of draft 2020-12 and describes a map', () => {
    assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
    assert.equal(schema.type, 'object')
    assert.equal(schema.additionalProperties, false)
  })

  test('is plain JSON', () => assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema))

  test('says of every field what it means', () => {
    const silent = all(schema).filter(({ path, part }) => path.length > 0 && path.at(-1) !== '*' && !part.description)
    assert.deepEqual(
      silent.map(({ path }) => path.join('.')),
      [],
    )
  })

  test('allows no unknown fields in any map of fields', () => {
    const open = all(schema).filter(({ part }) => part.properties && part.additionalProperties !== false)
    assert.deepEqual(open, [])
  })

  test('knows every field of the sample', () => assertKnown(parse(configurationSample)))

  test('requires only what has no default', () => {
    assert.deepEqual(schema.required ?? [], [])
    assert.deepEqual(partAt('keys', '*').required, ['name', 'key'])
  })

  test('offers the short forms of a model', () => {
    const forms = partAt('models', '*').anyOf as JsonSchema[]
    assert.deepEqual(
      forms.map(({ type }) => type),
      ['string', 'array', 'object'],
    )
  })

  test('lets references to the environment stand for durations and numbers', () => {
    const numbers = partAt('server', 'port').anyOf as JsonSchema[]
    for (const pattern of [partAt('server', 'keepAlive').pattern, numbers[1]?.pattern]) {
      assert.match(`\${NAME:-x}`, new RegExp(pattern ?? ''))
      assert.doesNotMatch('ten', new RegExp(pattern ?? ''))
    }
  })
})
