import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createControl } from '../../control/create-control.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { createMemoryControl } from '../../stores/memory/control.ts'
import { createMemoryReports } from '../../stores/memory/reports.ts'
import { createAdminApp } from './app.ts'
import { openApiOf } from './document-routes.ts'
import { policy } from './policy.ts'

const app = createAdminApp({
  control: createControl({
    store: { control: createMemoryControl(), reports: createMemoryReports() },
    secret: new Uint8Array(32),
  }),
  configSchema: () => ({}),
  refused: () => {},
})

const document: JsonObject = JSON.parse(JSON.stringify(openApiOf(app)))

const object = (value: JsonValue | undefined): JsonObject => {
  assert.ok(isObject(value))
  return value
}

/** Every operation, by its method and path as the policy writes them. */
const operations = Object.entries(object(document.paths)).flatMap(([path, methods]) =>
  Object.entries(object(methods)).map(([method, operation]) => ({
    route: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    path,
    operation: object(operation),
  })),
)

const everywhere = function* (value: JsonValue | undefined): Generator<JsonObject> {
  if (Array.isArray(value)) for (const each of value) yield* everywhere(each)
  else if (isObject(value)) {
    yield value
    for (const each of Object.values(value)) yield* everywhere(each)
  }
}

const resolve = (reference: string): JsonValue | undefined => {
  let value: JsonValue | undefined = document
  for (const step of reference.slice(2).split('/')) value = isObject(value) ? value[step] : undefined
  return value
}

describe('the OpenAPI document', () => {
  test('is of version 3.1 and says what it is about', () => {
    assert.equal(document.openapi, '3.1.0')
    assert.ok(object(document.info).title)
  })

  test('has every route of the policy, and no other', () => {
    assert.deepEqual(operations.map(({ route }) => route).toSorted(), Object.keys(policy).toSorted())
  })

  test('every reference in it leads somewhere', () => {
    const references = [...everywhere(document)].flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []))
    assert.ok(references.length > 20)
    for (const reference of references) assert.ok(resolve(reference), reference)
  })

  test('every route asks for the token, says what it does, and what it answers when it fails', () => {
    assert.deepEqual(document.security, [{ adminToken: [] }])
    for (const { route, operation } of operations) {
      assert.ok(typeof operation.summary === 'string', route)
      assert.equal(operation.security, undefined, route)
      assert.ok(object(operation.responses).default, route)
    }
  })

  test('every part of a path that may vary is declared', () => {
    for (const { route, path, operation } of operations) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const parameters = Array.isArray(operation.parameters) ? operation.parameters : []
      const declared = parameters.map(object).filter((parameter) => parameter.in === 'path')
      assert.deepEqual(
        declared.map(({ name }) => name),
        wanted,
        route,
      )
    }
  })

  test('every body that is taken says that nothing else may be in it', () => {
    for (const { route, operation } of operations) {
      if (operation.requestBody === undefined) continue
      const content = object(object(operation.requestBody).content)
      assert.deepEqual(Object.keys(content), ['application/json'], route)
      const { $ref } = object(object(content['application/json']).schema)
      const schema = object(resolve(String($ref)))
      assert.equal(schema.additionalProperties, false, route)
    }
  })

  test('every schema with fields names their types', () => {
    for (const schema of Object.values(object(object(document.components).schemas))) {
      for (const [name, field] of Object.entries(object(object(schema).properties ?? {}))) {
        const known = ['type', '$ref', 'anyOf', 'oneOf', 'enum', 'allOf', 'const'].some((word) => word in object(field))
        assert.ok(known, `${name}: ${JSON.stringify(field)}`)
      }
    }
  })
})
