import { createRequire } from 'node:module'

type Engine = typeof import('re2js').RE2JS

const load = createRequire(import.meta.url)
let engine: Engine | undefined

/** Says whether a text holds what a pattern describes. */
export type Matches = (text: string) => boolean

/**
 * A pattern that takes time in proportion to the text, whatever it is; looking around and referring back cannot be said
 * so. Its engine is loaded with the first one: 4 MB that nearly nobody needs. Throws for what is no such pattern.
 */
export const linearPattern = (pattern: string): Matches => {
  engine ??= (load('re2js') as { RE2JS: Engine }).RE2JS
  const compiled = engine.compile(engine.translateRegExp(pattern))
  return (text) => compiled.matcher(text).find()
}
