import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import type { Path } from './complaints.ts'

/** A place in a text, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** What is wrong with a text before anybody asks what it means. */
export interface Flaw {
  readonly position: Position
  readonly path: Path
  readonly problem: string
}

/** A YAML or JSON text as plain data, and where each part of it stands. */
export interface Document {
  /** Undefined for an empty text. Only of use when there are no flaws. */
  readonly value: unknown
  readonly flaws: readonly Flaw[]
  /**
   * Where a path stands, or the nearest part around it that exists: a scalar itself, else the key before it. Undefined
   * when the text does not even have its section.
   */
  positionOf(path: Path, part?: 'key'): Position | undefined
}

interface Limits {
  readonly depth: number
  /** Values after aliases are followed: a few lines of aliases can stand for billions. */
  readonly values: number
}

const limits: Limits = { depth: 64, values: 100_000 }

interface Reading {
  readonly positionAt: (offset: number) => Position
  readonly anchors: Map<string, { readonly node: Node; readonly value: unknown; readonly values: number }>
  readonly flaws: Flaw[]
  values: number
}

/** Reads YAML 1.2 (and so JSON) into plain data. Never throws: what is wrong is listed in `flaws`. */
export const readDocument = (text: string): Document => {
  const lineCounter = new LineCounter()
  const positionAt = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const parsed = parseDocument(text, {
    lineCounter,
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    prettyErrors: false,
    // Not 'silent': that would also hide that there is a second document.
    logLevel: 'error',
    // Comparing every pair of keys takes minutes for a large map; keys are compared below.
    uniqueKeys: false,
  })
  const flaws = syntaxFlaws(text, [...parsed.errors, ...parsed.warnings], positionAt)
  const reading: Reading = { positionAt, anchors: new Map(), flaws, values: 0 }
  const root = parsed.contents
  const value = flaws.length > 0 || root === null ? undefined : read(root, [], reading)
  return {
    value,
    flaws,
    positionOf: (path, part) => {
      const offset = offsetOf(root, path, { reading, part })
      return offset === undefined ? undefined : positionAt(offset)
    },
  }
}

const syntaxProblems: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab is used for indentation; use spaces',
  MULTIPLE_DOCS: 'the file holds more than one document; keep one, without another "---"',
  RESOURCE_EXHAUSTION: 'the text is nested too deeply',
  TAG_RESOLVE_FAILED: 'tags such as !name have no meaning here; remove the tag',
  NON_STRING_KEY: 'a key must be a single word or text',
}

/** More are only echoes of the first ones. */
const mostSyntaxFlaws = 10

/** One flaw for each line, the first: what follows on the same line is nearly always its consequence. */
const syntaxFlaws = (text: string, errors: readonly YAMLError[], positionAt: Reading['positionAt']): Flaw[] => {
  const flaws = new Map<number, Flaw>()
  const add = (offset: number, problem: string): void => {
    const position = positionAt(offset)
    if (!flaws.has(position.line)) flaws.set(position.line, { position, path: [], problem })
  }
  const control = text.search(/(?![\t\n\r])\p{Cc}/u)
  if (control >= 0)
    add(control, `holds the control character U+${text.charCodeAt(control).toString(16).padStart(4, '0')}`)
  for (const { pos, code, message } of errors) {
    if (flaws.size === mostSyntaxFlaws) break
    const bare = text.startsWith('${', pos[0] - 1)
    const problem = bare ? `a reference such as \${NAME} needs quotes inside { } and [ ]` : syntaxProblems[code]
    add(pos[0], problem ?? message.slice(0, 200).replaceAll(/\s+/g, ' '))
  }
  return [...flaws.values()]
}

const flaw = (reading: Reading, node: Node, found: { path: Path; problem: string }): undefined => {
  reading.flaws.push({ position: reading.positionAt(node.range?.[0] ?? 0), ...found })
}

const read = (node: Node, path: Path, reading: Reading): unknown => {
  const before = reading.values
  reading.values++
  if (path.length > limits.depth)
    return flaw(reading, node, { path: path.slice(0, 3), problem: 'is nested too deeply' })
  if (reading.values > limits.values) return tooMany(node, reading)
  if (isAlias(node)) return readAlias(node.source, node, { path, reading })
  const value = isMap(node)
    ? readMap(node, path, reading)
    : isSeq(node)
      ? readList(node.items, path, reading)
      : scalar(node)
  if (!isAlias(node) && 'anchor' in node && node.anchor !== undefined) {
    reading.anchors.set(node.anchor, { node, value, values: reading.values - before })
  }
  return value
}

const scalar = (node: Node): unknown => (isScalar(node) ? node.value : undefined)

const tooMany = (node: Node, reading: Reading): undefined => {
  const problem = `the file stands for more than ${limits.values} values`
  if (!reading.flaws.some((known) => known.problem === problem)) flaw(reading, node, { path: [], problem })
}

/** An alias is the value of the last anchor of its name; it counts as often as it is used. */
const readAlias = (name: string, node: Node, { path, reading }: { path: Path; reading: Reading }): unknown => {
  const anchor = reading.anchors.get(name)
  if (!anchor) return flaw(reading, node, { path, problem: `*${name} refers to no anchor (&${name}) above it` })
  reading.values += anchor.values
  return reading.values > limits.values ? tooMany(node, reading) : anchor.value
}

const readList = (items: readonly unknown[], path: Path, reading: Reading): unknown[] =>
  items.map((item, index) => read(item as Node, [...path, index], reading))

const readMap = (map: YAMLMap, path: Path, reading: Reading): Record<string, unknown> => {
  const value: Record<string, unknown> = Object.create(null)
  for (const pair of map.items as Pair<Node, Node | null>[]) {
    const key = keyOf(pair)
    const at = [...path, key]
    if (key === '<<') {
      const problem =
        'merging maps with << is not supported; write the fields out, or let an alias stand for a whole value'
      flaw(reading, pair.key, { path: at, problem })
    } else if (Object.hasOwn(value, key)) flaw(reading, pair.key, { path: at, problem: 'is given twice' })
    else value[key] = pair.value === null ? null : read(pair.value, at, reading)
  }
  return value
}

const keyOf = (pair: Pair<Node, Node | null>): string => (isScalar(pair.key) ? String(pair.key.value) : '')

interface Search {
  readonly reading: Reading
  readonly part: 'key' | undefined
}

/** Where the last step of a path that exists in the text begins. */
const offsetOf = (root: Node | null, path: Path, { reading, part }: Search): number | undefined => {
  let node = root
  let offset = path.length === 0 ? (root?.range?.[0] ?? 0) : undefined
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) node = reading.anchors.get(node.source)?.node ?? null
    const found = isMap(node)
      ? pairOf(node, step)
      : isSeq(node)
        ? { value: node.items[step as number] as Node }
        : undefined
    if (!found?.value && !found?.key) return offset
    node = found.value ?? null
    const onKey = (part === 'key' && index === path.length - 1) || !isScalar(node) || node.value === null
    offset = ((onKey ? found.key : undefined) ?? node)?.range?.[0] ?? offset
  }
  return offset
}

const pairOf = (map: YAMLMap, step: string | number): { key?: Node; value?: Node | null } | undefined =>
  (map.items as Pair<Node, Node | null>[]).find((pair) => keyOf(pair) === step)
