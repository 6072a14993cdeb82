import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'

/** What a caller's schema may be at most; more is a way to keep somebody else's machine busy. */
const most = {
  bytes: 64 * 1024,
  depth: 32,
  nodes: 2_000,
  enumerated: 2_000,
  patterns: 20,
  patternLength: 256,
  /** Schemas that are looked at when every reference is followed once from each place. */
  expanded: 10_000,
} as const

/** Fields whose value is a schema, a list of schemas, or schemas by name. */
const single = [
  'items',
  'additionalItems',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'propertyNames',
  'contentSchema',
] as const
const listed = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'] as const
const named = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies'] as const

/** The schemas that stand directly in a schema, with where. */
export const childrenOf = (schema: JsonObject): readonly (readonly [path: string, child: JsonValue])[] => {
  const children: (readonly [string, JsonValue])[] = []
  for (const field of single) {
    const child = schema[field]
    if (isObject(child)) children.push([field, child])
  }
  for (const field of listed) {
    const list = schema[field]
    if (!Array.isArray(list)) continue
    for (const [index, child] of list.entries()) children.push([`${field}/${index}`, child])
  }
  for (const field of named) {
    const members = schema[field]
    if (!isObject(members)) continue
    for (const [name, child] of Object.entries(members)) if (isObject(child)) children.push([`${field}/${name}`, child])
  }
  return children
}

interface Count {
  nodes: number
  patterns: number
  enumerated: number
  problem: string | undefined
}

/** Why a schema is not used, in words for whoever wrote it; undefined: it may be. Nothing is fetched, and nothing run. */
export const schemaProblem = (schema: JsonObject): string | undefined => {
  const bytes = Buffer.byteLength(JSON.stringify(schema))
  if (bytes > most.bytes) return `has ${bytes} bytes; at most ${most.bytes} are allowed`
  const count: Count = { nodes: 0, patterns: 0, enumerated: 0, problem: undefined }
  look(schema, 1, count)
  return count.problem ?? expansionProblem(schema)
}

const look = (schema: JsonObject, depth: number, count: Count): void => {
  if (count.problem !== undefined) return
  count.nodes++
  if (depth > most.depth) count.problem = `is nested deeper than ${most.depth} schemas`
  else if (count.nodes > most.nodes) count.problem = `has more than ${most.nodes} schemas in it`
  else count.problem = ownProblem(schema, count)
  for (const [, child] of childrenOf(schema)) if (isObject(child)) look(child, depth + 1, count)
}

const ownProblem = (schema: JsonObject, count: Count): string | undefined => {
  if (schema.$dynamicRef !== undefined || schema.$recursiveRef !== undefined)
    return 'uses references that are found while it is applied, which are not supported'
  if (schema.$data !== undefined) return 'uses $data, which is not supported'
  if (typeof schema.$ref === 'string' && !schema.$ref.startsWith('#'))
    return `refers to ${JSON.stringify(schema.$ref.slice(0, 80))}; only references within the schema (#/…) are followed`
  if (Array.isArray(schema.enum)) count.enumerated += schema.enum.length
  if (count.enumerated > most.enumerated) return `enumerates more than ${most.enumerated} values`
  const patterns = [
    schema.pattern,
    ...(isObject(schema.patternProperties) ? Object.keys(schema.patternProperties) : []),
  ]
  for (const pattern of patterns) {
    if (typeof pattern !== 'string') continue
    if (++count.patterns > most.patterns) return `has more than ${most.patterns} patterns`
    if (pattern.length > most.patternLength) return `has a pattern of more than ${most.patternLength} characters`
  }
  return undefined
}

/** References that double with every level would make a small schema a large one. */
const expansionProblem = (root: JsonObject): string | undefined => {
  const sizes = new Map<JsonObject, number>()
  const open = new Set<JsonObject>()
  const sizeOf = (schema: JsonObject): number => {
    const known = sizes.get(schema)
    if (known !== undefined) return known
    // What refers to itself is applied as deep as the value is, not as deep as it could be.
    if (open.has(schema)) return 1
    open.add(schema)
    let size = 1
    const target = typeof schema.$ref === 'string' ? pointed(root, schema.$ref) : undefined
    if (isObject(target)) size += sizeOf(target)
    for (const [path, child] of childrenOf(schema))
      if (isObject(child) && !/^(\$defs|definitions)\//.test(path)) size += sizeOf(child)
    open.delete(schema)
    sizes.set(schema, size)
    return size
  }
  return sizeOf(root) > most.expanded
    ? `grows to more than ${most.expanded} schemas when its references are followed`
    : undefined
}

/** What a reference within a schema names, by its JSON pointer. */
export const pointed = (root: JsonObject, reference: string): JsonValue | undefined => {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let at: JsonValue | undefined = root
  for (const part of reference.slice(2).split('/')) {
    const name = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(at)) at = at[Number(name)]
    else at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
  }
  return at
}

const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
