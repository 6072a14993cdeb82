import { incapable } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message, Part, ReasoningPart, Request, ToolCallPart, ToolResultPart } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { wireName } from './name.ts'
import { partsOfProof } from './proof.ts'
import { writeContent } from './write-parts.ts'

const writeCall = ({ id, name, arguments: input, custom }: ToolCallPart): JsonObject =>
  custom
    ? { type: 'custom_tool_call', call_id: id, name, input }
    : { type: 'function_call', call_id: id, name, arguments: input }

/**
 * Thinking goes back with its proof. That of other makers is left out: it is no part of the question, and its proof means
 * nothing here. So is what has only a name, where nobody was asked to keep it under that name.
 */
const writeThought = ({ text, signature, origin }: ReasoningPart, foreign: boolean): JsonObject | undefined => {
  if (origin !== wireName) return undefined
  const { id, encrypted } = partsOfProof(signature ?? '')
  if (foreign && encrypted === '') return undefined
  return {
    type: 'reasoning',
    id: id === '' ? undefined : id,
    summary: text === '' ? [] : [{ type: 'summary_text', text }],
    encrypted_content: encrypted === '' ? undefined : encrypted,
  }
}

/** Puts a conversation into items. */
class Items {
  readonly written: JsonObject[] = []
  readonly #customCalls = new Set<string>()
  readonly #developerRole: string
  readonly #foreign: boolean

  constructor({ quirks }: Target, foreign: boolean) {
    this.#foreign = foreign
    this.#developerRole = quirks.developerRole === false ? 'system' : 'developer'
  }

  add({ role, name, parts }: Message): void {
    if (name !== undefined && role !== 'tool') throw incapable('messages.name', wireName)
    if (role === 'assistant') this.#answer(parts)
    else this.#question(role, parts)
  }

  #answer(parts: readonly Part[]): void {
    let said: Part[] = []
    const tell = (): void => {
      if (said.length > 0)
        this.written.push({ type: 'message', role: 'assistant', content: writeContent(said, 'assistant') })
      said = []
    }
    for (const part of parts) {
      if (part.kind !== 'tool_call' && part.kind !== 'reasoning') {
        said.push(part)
        continue
      }
      tell()
      if (part.kind === 'tool_call' && part.custom) this.#customCalls.add(part.id)
      const item = part.kind === 'tool_call' ? writeCall(part) : writeThought(part, this.#foreign)
      if (item) this.written.push(item)
    }
    tell()
  }

  /** Results are items of their own, and stand before what else was said with them. */
  #question(role: Message['role'], parts: readonly Part[]): void {
    const rest: Part[] = []
    for (const part of parts) {
      if (part.kind === 'tool_result') this.written.push(this.#result(part))
      else rest.push(part)
    }
    if (rest.length === 0 && parts.length > 0) return
    const spoken = role === 'developer' ? this.#developerRole : role === 'tool' ? 'user' : role
    const content = rest.length === 0 ? '' : writeContent(rest, spoken)
    this.written.push({ type: 'message', role: spoken, content })
  }

  /** The language has no mark for a result that is an error: the result's own words say it. */
  #result({ id, parts }: ToolResultPart): JsonObject {
    const type = this.#customCalls.has(id) ? 'custom_tool_call_output' : 'function_call_output'
    return { type, call_id: id, output: parts.length === 0 ? '' : writeContent(parts, 'tool') }
  }
}

/** The question in this language's two fields. */
export interface WrittenInput {
  readonly instructions: string | undefined
  readonly input: readonly JsonObject[]
}

/** A conversation as items; a plain system prompt at its beginning are the instructions. */
export const writeInput = ({ chat: { messages }, wire }: Request, target: Target): WrittenInput => {
  const [first, ...others] = messages
  const [only, second] = first?.parts ?? []
  const plain = first?.role === 'system' && first.name === undefined && only?.kind === 'text' && second === undefined
  const instructed = plain && others.length > 0
  const items = new Items(target, wire !== wireName)
  for (const message of instructed ? others : messages) items.add(message)
  return { instructions: instructed ? only.text : undefined, input: items.written }
}
