import { invalid } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Part, ReasoningPart } from '../../core/request.ts'
import { optionalFlag, optionalText, textAt } from '../checks.ts'
import { fieldsOf, isUnsaid, listOf, noteOthers } from './fields.ts'
import { wireName } from './name.ts'
import { readProof } from './proof.ts'
import { readFileData, readInlineData } from './read-media.ts'
import { type PartPlace, readFunctionCall, readFunctionResponse } from './read-tool-parts.ts'

type PartReader = (part: JsonObject, path: string, at: PartPlace) => Part | undefined

/** What a part holds, by the field that holds it. */
const readers: readonly (readonly [field: string, read: PartReader])[] = [
  ['text', (part, path) => ({ kind: 'text', text: textAt(part, 'text', path) })],
  ['functionCall', readFunctionCall],
  ['functionResponse', readFunctionResponse],
  ['inlineData', readInlineData],
  ['fileData', readFileData],
]

const known: ReadonlySet<string> = new Set([...readers.map(([field]) => field), 'thought', 'thoughtSignature'])

/** A part that only this language has words for: code that Google ran, its own tools' calls, a film. */
const opaque = (part: JsonObject, path: string, { reading }: PartPlace): Part => {
  reading.untranslatable.push(path)
  return { kind: 'opaque', wire: wireName, value: part }
}

const thought = (text: string, proof: string | undefined, { reading }: PartPlace): ReasoningPart => {
  if (proof === undefined) return { kind: 'reasoning', text, origin: wireName }
  const proven = readProof(proof)
  if (proven.origin !== wireName) reading.foreignReasoning = true
  return { kind: 'reasoning', text, ...proven }
}

const readPart = (value: JsonValue, path: string, at: PartPlace): Part[] => {
  const part = fieldsOf(value, path)
  const proof = optionalText(part, 'thoughtSignature', path) || undefined
  const isThought = optionalFlag(part, 'thought', path) === true
  const found = readers.filter(([field]) => !isUnsaid(part[field]))
  if (found.length > 1) throw invalid(path, `holds ${found.map(([field]) => field).join(' and ')} at once`)
  const [field, read] = found[0] ?? []
  if (isThought && (field === 'text' || (field === undefined && proof !== undefined))) {
    noteOthers(part, known, path, at.reading)
    return [thought(optionalText(part, 'text', path) ?? '', proof, at)]
  }
  const said = isThought ? undefined : read?.(part, path, at)
  if (!said && (isThought || field !== undefined || Object.keys(part).some((key) => !known.has(key))))
    return [opaque(part, path, at)]
  if (!said && proof === undefined) throw invalid(path, 'holds nothing')
  if (said) noteOthers(part, known, path, at.reading)
  const bare = proof === undefined ? [] : [thought('', proof, at)]
  return said === undefined || (bare.length > 0 && said.kind === 'text' && said.text === '') ? bare : [...bare, said]
}

/** The parts of a content, in neutral words. */
export const readParts = (value: JsonValue, path: string, at: PartPlace): Part[] =>
  listOf(value, path).flatMap((part, index) => readPart(part, `${path}.${index}`, at))
