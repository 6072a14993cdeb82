import { incapable, invalid } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import type { Abilities } from '../claude-abilities.ts'
import type { CachePoints } from './cache-points.ts'
import { wireName } from './name.ts'
import { writeBlocks } from './write-blocks.ts'
import { DocumentNames } from './write-media.ts'

/** A message as Amazon takes it. */
interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  /** Results of tools, which must stand before what the user says, each with its cache mark. */
  readonly results: JsonObject[]
  readonly content: JsonObject[]
}

export interface Conversation {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

/**
 * Turns that alternate: messages of one side are one turn, the results of parallel calls among them. A system message in
 * the middle is told right after the user's turn it stands in or before.
 */
class Turns {
  readonly #system: JsonObject[] = []
  readonly #turns: Turn[] = []
  readonly #abilities: Abilities
  #instructions: JsonObject[] = []

  constructor(abilities: Abilities) {
    this.#abilities = abilities
  }

  add(role: Message['role'], blocks: readonly JsonObject[]): void {
    if (role !== 'system' && role !== 'developer') {
      if (blocks.length > 0) this.#say(role === 'assistant' ? 'assistant' : 'user', blocks)
    } else if (this.#turns.length === 0) this.#system.push(...blocks)
    else this.#instructions.push(...blocks)
  }

  #say(role: 'user' | 'assistant', blocks: readonly JsonObject[]): void {
    if (role === 'assistant') this.#placeInstructions()
    const last = this.#turns.at(-1)
    const turn: Turn = last?.role === role ? last : { role, results: [], content: [] }
    if (turn !== last) this.#turns.push(turn)
    let into = turn.content
    for (const block of blocks) {
      if (block.cachePoint === undefined) into = block.toolResult === undefined ? turn.content : turn.results
      into.push(block)
    }
  }

  #placeInstructions(): void {
    if (this.#instructions.length === 0) return
    if (!this.#abilities.midSystem) throw incapable('a system message in the middle of a conversation', wireName)
    if (this.#turns.at(-1)?.role !== 'user') throw incapable('a system message after an assistant message', wireName)
    this.#turns.push({ role: 'system', results: [], content: this.#instructions })
    this.#instructions = []
  }

  end(): Conversation {
    this.#placeInstructions()
    const last = this.#turns.at(-1)
    if (!last) throw invalid('messages', 'must hold something beside a system prompt')
    if (last.role === 'assistant' && !this.#abilities.prefill)
      throw incapable('a conversation that ends with an assistant message', wireName)
    const messages = this.#turns.map(({ role, results, content }) => ({ role, content: [...results, ...content] }))
    return { system: this.#system, messages }
  }
}

/** The conversation in Amazon's words. */
export const writeConversation = (
  messages: readonly Message[],
  abilities: Abilities,
  marks: CachePoints,
): Conversation => {
  const turns = new Turns(abilities)
  const writing = { names: new DocumentNames(), marks }
  for (const { role, name, parts } of messages) {
    if (name !== undefined && role !== 'tool') throw incapable('messages.name', wireName)
    turns.add(role, writeBlocks(parts, writing))
  }
  return turns.end()
}
