import type { Path } from './complaints.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A configuration with its references to the environment replaced, and what was put in. */
export interface Expanded {
  readonly value: unknown
  /** Values that came from the environment, with the reference that a message shows instead of them. */
  readonly secrets: ReadonlyMap<string, string>
}

interface Expansion {
  readonly environment: Environment
  readonly complain: (path: Path, problem: string) => void
  readonly secrets: Map<string, string>
}

const deepest = 64

/**
 * A copy of plain data in which `${NAME}` and `${NAME:-default}` inside texts are replaced from the environment; `$${`
 * stands for `${`. What comes from the environment is not looked at again. Maps of the copy have no prototype, so that
 * a name such as `constructor` is only a name.
 */
export const expand = (
  value: unknown,
  environment: Environment,
  complain: (path: Path, problem: string) => void,
): Expanded => {
  const secrets = new Map<string, string>()
  return { value: copy(value, [], { environment, complain, secrets }), secrets }
}

const copy = (value: unknown, path: Path, expansion: Expansion): unknown => {
  if (typeof value === 'string') return expandText(value, path, expansion)
  if (typeof value !== 'object' || value === null) return value
  if (path.length > deepest) {
    expansion.complain(path.slice(0, 3), `is nested deeper than ${deepest} levels`)
    return undefined
  }
  if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index], expansion))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype) {
    expansion.complain(path, 'expected plain data, got an object of a class')
    return undefined
  }
  const copied: Record<string, unknown> = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') expansion.complain([...path, key], 'is a reserved name')
    else if (item !== undefined) copied[key] = copy(item, [...path, key], expansion)
  }
  return copied
}

const reference = /\$\$\{|\$\{([^}]*)(\})?/g

const expandText = (text: string, path: Path, { environment, complain, secrets }: Expansion): string =>
  text.replace(reference, (whole: string, inside: string | undefined, closed: string | undefined) => {
    if (inside === undefined) return '${'
    const match = closed === undefined ? null : /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inside)
    if (!match) {
      complain(
        path,
        `${closed === undefined ? 'has a reference without its closing brace' : `has no variable name in "${whole}"`}; write \${NAME}, \${NAME:-default}, or $\${ for a plain \${`,
      )
      return ''
    }
    const [, name = '', fallback] = match
    const found = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (found !== undefined && !(found === '' && fallback !== undefined)) {
      secrets.set(found, `\${${name}}`)
      return found
    }
    if (fallback !== undefined) return fallback
    complain(path, `the environment variable ${name} is not set; set it, or write \${${name}:-default}`)
    // What is around it can still be checked.
    return whole
  })
