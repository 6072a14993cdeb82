import { writeFile } from 'node:fs/promises'
import { createControl } from '../src/control/create-control.ts'
import { isObject, type JsonObject, type JsonValue } from '../src/core/json.ts'
import { createAdminApp } from '../src/server/admin/app.ts'
import { openApiOf } from '../src/server/admin/document-routes.ts'
import { policy } from '../src/server/admin/policy.ts'
import { createMemoryControl } from '../src/stores/memory/control.ts'
import { createMemoryReports } from '../src/stores/memory/reports.ts'

/** Where the page lives. */
export const adminPage = new URL('../docs/reference/admin-api.md', import.meta.url)

const documentOf = (): JsonObject => {
  const store = { control: createMemoryControl(), reports: createMemoryReports() }
  const control = createControl({ store, secret: new Uint8Array(32) })
  return JSON.parse(JSON.stringify(openApiOf(createAdminApp({ control, configSchema: () => ({}), refused: () => {} }))))
}

const object = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})
const list = (value: JsonValue | undefined): readonly JsonValue[] => (Array.isArray(value) ? value : [])
const words = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const code = (text: string): string => `\`${text}\``

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')

/** A type as people say it. */
const typeOf = (schema: JsonObject): string => {
  const reference = words(schema.$ref)
  if (reference !== '') {
    const name = reference.split('/').at(-1) ?? ''
    return `[${name}](#${name.toLowerCase()})`
  }
  const [all] = list(schema.allOf)
  if (all !== undefined) return typeOf(object(all))
  const choices = [...list(schema.anyOf), ...list(schema.oneOf)]
  if (choices.length > 0) return choices.map((choice) => typeOf(object(choice))).join(' or ')
  if (schema.enum !== undefined)
    return list(schema.enum)
      .map((choice) => code(String(choice)))
      .join(', ')
  if (schema.items !== undefined)
    return `list of ${typeOf(object(schema.items))}${isNullable(schema) ? ', or null' : ''}`
  if (schema.properties !== undefined) return fieldsInline(schema)
  if (object(schema.additionalProperties).type === 'string') return 'object of text'
  const plain =
    schema.format === 'date-time'
      ? 'time'
      : [schema.type]
          .flat()
          .filter((type) => type !== 'null')
          .join()
  return `${plain === 'string' ? 'text' : plain}${isNullable(schema) ? ', or null' : ''}`
}

const isNullable = ({ type }: JsonObject): boolean => list(type).includes('null')

const fieldsInline = (schema: JsonObject): string => {
  const fields = Object.entries(object(schema.properties)).map(([name, field]) => {
    const mark = list(schema.required).includes(name) ? '' : '?'
    return `${code(`${name}${mark}`)}: ${typeOf(object(field))}`
  })
  return `{ ${fields.join(', ')} }`
}

const meaning = (schema: JsonObject): string => {
  const inner = list(schema.allOf).map((each) => words(object(each).description))
  const said = [words(schema.description), ...inner].filter((part) => part !== '').join(' ')
  const usual = schema.default === undefined ? '' : `Default ${code(String(schema.default))}.`
  const example =
    schema.example === undefined
      ? ''
      : `Such as ${code(typeof schema.example === 'string' ? schema.example : JSON.stringify(schema.example))}.`
  return [said, usual, example].filter((part) => part !== '').join(' ')
}

const parametersOf = (operation: JsonObject, place: string): string => {
  const rows = list(operation.parameters)
    .map(object)
    .filter((parameter) => parameter.in === place)
    .map((parameter) => {
      const schema = object(parameter.schema)
      return [code(words(parameter.name)), typeOf(schema), meaning(schema)]
    })
  return rows.length === 0 ? '' : table([place === 'query' ? 'query' : 'path', 'type', 'meaning'], rows)
}

const contentOf = (value: JsonValue | undefined): string =>
  Object.entries(object(object(value).content))
    .map(([type, content]) => (type === 'application/json' ? typeOf(object(object(content).schema)) : code(type)))
    .join(', or as ')

interface Operation {
  readonly method: string
  readonly path: string
  readonly operation: JsonObject
}

const operationText = ({ method, path, operation }: Operation): string => {
  const row = policy[`${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`] ?? ''
  const body = operation.requestBody === undefined ? '' : `Takes ${contentOf(operation.requestBody)}.`
  const [status = '', answer] = Object.entries(object(operation.responses)).find(([name]) => name !== 'default') ?? []
  const given = contentOf(answer)
  const told = given === '' ? `Answers ${status} without words.` : `Answers ${status}: ${given}.`
  return [
    `### ${method} ${path}\n\n${words(operation.summary)}. Needs ${code(row)}. ${[body, told].filter(Boolean).join(' ')}`,
    words(operation.description),
    parametersOf(operation, 'query'),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const schemaText = ([name, value]: [string, JsonValue | undefined]): string => {
  const schema = object(value)
  const said = words(schema.description)
  const fields = Object.entries(object(schema.properties))
  const required = list(schema.required)
  const rows = fields.map(([field, inner]) => [
    code(field),
    typeOf(object(inner)),
    required.includes(field) ? 'always' : '',
    meaning(object(inner)),
  ])
  const shape = rows.length > 0 ? table(['field', 'type', 'there', 'meaning'], rows) : shapeOf(schema)
  return [`### ${name}`, said, shape].filter((part) => part !== '').join('\n\n')
}

const shapeOf = (schema: JsonObject): string => {
  const choices = list(schema.oneOf).map((choice) => `- ${typeOf(object(choice))}`)
  return choices.length > 0 ? `One of:\n\n${choices.join('\n')}` : 'An empty object: `{}`.'
}

const head = `# Administration over HTTP

This page is written from the routes of \`src/server/admin\` by \`node scripts/admin-reference.ts\`; change them, not the page.
The same as an OpenAPI 3.1 document: \`GET /admin/api/openapi.json\`.

Every request carries the admin token: \`Authorization: Bearer <token>\`. It is \`server.admin.token\` of the configuration; where
none is configured, one is made at each start and printed once. \`server.admin.readToken\` may look at everything and change
nothing. Keys of callers open nothing here, and these tokens open nothing else but \`/metrics\`. After ten wrong tokens an
address waits for a minute. Pages of other sites are refused, and no answer lets them in.

What is written is JSON (\`content-type: application/json\`), at most 1 MiB; a field that is not known is refused. Times are
ISO 8601. Money is US dollars as text, exact to the nano-dollar. Lists come in pages: \`next\` of an answer is the \`cursor\` of the
next. What the configuration declares is shown with \`"declared": true\` and changed only there. Every change stands in the audit
log.

A failure is \`{ "error": { "code", "message", "param"? } }\`, with a code of [the table](errors.md#codes).`

/** The reference of the administrators' door, as its routes describe themselves. */
export const adminReference = (): string => {
  const document = documentOf()
  const operations: Operation[] = Object.entries(object(document.paths)).flatMap(([path, methods]) =>
    Object.entries(object(methods)).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation: object(operation),
    })),
  )
  const groups = Map.groupBy(operations, ({ operation }) => words(list(operation.tags)[0]))
  const sections = [...groups].map(([tag, group]) => `## ${tag}\n\n${group.map(operationText).join('\n\n')}`)
  const schemas = Object.entries(object(object(document.components).schemas)).map(schemaText)
  return `${[head, ...sections, `## What is sent and answered\n\n${schemas.join('\n\n')}`].join('\n\n')}\n`
}

if (import.meta.main) await writeFile(adminPage, adminReference())
