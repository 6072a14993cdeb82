import { incapable, invalid } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import type { Abilities } from '../claude-abilities.ts'
import { wireName } from './name.ts'
import { writeBlocks } from './write-blocks.ts'

/** A message as Anthropic takes it. */
interface Turn {
  readonly role: 'user' | 'assistant' | 'system'
  /** Results of tools, which must stand before what the user says. */
  readonly results: JsonObject[]
  readonly content: JsonObject[]
}

export interface Conversation {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

/**
 * Turns that alternate: messages of one side are one turn, the results of parallel calls among them. A system message
 * in the middle is told right after the user's turn it stands in or before, the only place that Anthropic has for it.
 */
class Turns {
  readonly system: JsonObject[] = []
  readonly #turns: Turn[] = []
  readonly #abilities: Abilities
  #instructions: JsonObject[] = []

  constructor(abilities: Abilities) {
    this.#abilities = abilities
  }

  add(role: Message['role'], blocks: readonly JsonObject[]): void {
    if (role === 'system' || role === 'developer') this.#instruct(blocks)
    else if (blocks.length > 0) this.#say(role === 'assistant' ? 'assistant' : 'user', blocks)
  }

  #instruct(blocks: readonly JsonObject[]): void {
    if (this.#turns.length === 0) this.system.push(...blocks)
    else this.#instructions.push(...blocks)
  }

  #say(role: 'user' | 'assistant', blocks: readonly JsonObject[]): void {
    if (role === 'assistant') this.#placeInstructions()
    const last = this.#turns.at(-1)
    const turn: Turn = last?.role === role ? last : { role, results: [], content: [] }
    if (turn !== last) this.#turns.push(turn)
    for (const block of blocks) (block.type === 'tool_result' ? turn.results : turn.content).push(block)
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
    if (last.role === 'assistant' && !this.#abilities.prefill && !last.content.some(byProvider)) {
      throw incapable('a conversation that ends with an assistant message', wireName)
    }
    const messages = this.#turns.map(({ role, results, content }) => ({ role, content: [...results, ...content] }))
    return { system: this.system, messages }
  }
}

const saidByModel: ReadonlySet<unknown> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use'])

/** A turn in which the provider's own tools ran may be handed back unfinished, for the model to go on. */
const byProvider = (block: JsonObject): boolean => !saidByModel.has(block.type)

/** The conversation in Anthropic's words. `foreignIds`: file ids in it belong to another language's provider. */
export const writeConversation = (
  messages: readonly Message[],
  abilities: Abilities,
  foreignIds: boolean,
): Conversation => {
  const turns = new Turns(abilities)
  for (const { role, name, parts } of messages) {
    if (name !== undefined && role !== 'tool') throw incapable('messages.name', wireName)
    turns.add(role, writeBlocks(parts, foreignIds))
  }
  return turns.end()
}
