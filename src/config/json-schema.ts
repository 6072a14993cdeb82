import * as z from 'zod'
import type { Path } from './complaints.ts'
import { configSchema } from './schema.ts'

/** A JSON Schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.BaseSchema

/** The JSON Schema (draft 2020-12) of what may be written in a configuration file, for editors. */
export const configJsonSchema = (): JsonSchema =>
  z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-2020-12',
    override: ({ zodSchema, jsonSchema }) => {
      // Both are dropped from fields that are read into something else, though they are written like this.
      const { examples, default: usual } = z.globalRegistry.get(zodSchema) ?? {}
      if (Array.isArray(examples)) jsonSchema.examples = examples
      if (usual !== undefined) jsonSchema.default = usual
    },
  })

const alternatives = (schema: JsonSchema): JsonSchema[] =>
  schema.anyOf ? schema.anyOf.flatMap((branch) => alternatives(branch as JsonSchema)) : [schema]

const below = (schema: JsonSchema, step: string | number): JsonSchema[] => {
  const next = typeof step === 'number' ? schema.items : (schema.properties?.[step] ?? schema.additionalProperties)
  return typeof next === 'object' && !Array.isArray(next) ? alternatives(next) : []
}

let whole: JsonSchema | undefined

/** The fields that a map at this path may have. */
export const fieldsAt = (path: Path): string[] => {
  whole ??= configJsonSchema()
  let schemas = alternatives(whole)
  for (const step of path) schemas = schemas.flatMap((schema) => below(schema, step))
  return [...new Set(schemas.flatMap((schema) => Object.keys(schema.properties ?? {})))]
}
