import type { LanguageModelV4StreamPart, SharedV4ProviderMetadata } from '@ai-sdk/provider'
import type { Delta } from '../../core/delta.ts'
import { incapable } from '../../core/errors.ts'
import { failureOf } from './failures.ts'
import { endOf } from './finish.ts'
import { origin } from './origin.ts'
import { Saying, type Speaker } from './saying.ts'

type PartOf<Type extends LanguageModelV4StreamPart['type']> = Extract<LanguageModelV4StreamPart, { type: Type }>
type Readers = { readonly [Type in LanguageModelV4StreamPart['type']]?: (part: PartOf<Type>) => Delta[] }

interface Open {
  readonly block: number
  /** What has been said of the arguments of a tool. */
  said: string
  metadata: SharedV4ProviderMetadata | undefined
  /** Do its pieces stand in another encoding than the whole? */
  readonly isText: boolean
}

/** What the parts of a stream mean; keeps the state of one answer. Throws what the model says of its own failure. */
export class StreamDeltas {
  readonly #target: string
  readonly #saying: Saying
  readonly #open = new Map<string, Open>()

  constructor(target: string, speaker: Speaker) {
    this.#target = target
    this.#saying = new Saying(speaker)
  }

  read(part: LanguageModelV4StreamPart): Delta[] {
    const reader = this.#readers[part.type] as ((part: LanguageModelV4StreamPart) => Delta[]) | undefined
    if (reader) return reader(part)
    return [...this.#saying.begin(), ...this.#saying.whole(part as Parameters<Saying['whole']>[0])]
  }

  #start(id: string, isText = false): Open {
    const open: Open = { block: this.#saying.next(), said: '', metadata: undefined, isText }
    this.#open.set(id, open)
    return open
  }

  #of(id: string): Open {
    return this.#open.get(id) ?? this.#start(id)
  }

  #close(id: string): Open {
    const open = this.#of(id)
    this.#open.delete(id)
    return open
  }

  #thought(part: PartOf<'reasoning-start'> | PartOf<'reasoning-delta'> | PartOf<'reasoning-end'>): Open {
    const open = this.#of(`reasoning:${part.id}`)
    if (part.providerMetadata) open.metadata = merged(open.metadata, part.providerMetadata)
    return open
  }

  /** The whole call: only what its pieces have not said yet is said now. */
  #called(part: PartOf<'tool-call'>): Delta[] {
    const open = this.#open.get(part.toolCallId)
    if (!open) return [...this.#saying.begin(), ...this.#saying.whole(part)]
    this.#open.delete(part.toolCallId)
    const rest = part.input.startsWith(open.said) ? part.input.slice(open.said.length) : ''
    return rest === '' ? [] : [{ kind: 'tool_call', choice: 0, block: open.block, arguments: rest }]
  }

  readonly #readers: Readers = {
    'stream-start': ({ warnings }) => {
      for (const warning of warnings) if (warning.type === 'unsupported') throw incapable(warning.feature, this.#target)
      return []
    },
    'response-metadata': (metadata) => this.#saying.begin(metadata),
    'text-start': ({ id }) => {
      this.#start(`text:${id}`)
      return this.#saying.begin()
    },
    'text-delta': ({ id, delta }) => [
      ...this.#saying.begin(),
      { kind: 'text', choice: 0, block: this.#of(`text:${id}`).block, text: delta },
    ],
    'text-end': ({ id, citations }) => this.#saying.citations(this.#close(`text:${id}`).block, citations),
    'reasoning-start': (part) => {
      this.#thought(part)
      return this.#saying.begin()
    },
    'reasoning-delta': (part) => [
      ...this.#saying.begin(),
      { kind: 'reasoning', choice: 0, block: this.#thought(part).block, text: part.delta, origin },
    ],
    'reasoning-end': (part) => {
      const { block, metadata } = this.#thought(part)
      this.#open.delete(`reasoning:${part.id}`)
      return [this.#saying.proof(block, metadata)]
    },
    'tool-input-start': ({ id, toolName: name, inputEncoding }) => [
      ...this.#saying.begin(),
      { kind: 'tool_call', choice: 0, block: this.#start(id, inputEncoding === 'text').block, id, name, arguments: '' },
    ],
    'tool-input-delta': ({ id, delta }) => {
      const open = this.#of(id)
      if (open.isText || delta === '') return []
      open.said += delta
      return [{ kind: 'tool_call', choice: 0, block: open.block, arguments: delta }]
    },
    'tool-input-end': () => [],
    'tool-call': (part) => this.#called(part),
    finish: ({ finishReason, usage }) => [...this.#saying.begin(), ...endOf(finishReason, usage, this.#target)],
    error: ({ error }) => {
      throw failureOf(error, this.#target)
    },
    ping: () => [],
    raw: () => [],
  }
}

const merged = (
  one: SharedV4ProviderMetadata | undefined,
  other: SharedV4ProviderMetadata,
): SharedV4ProviderMetadata => {
  const all = { ...one }
  for (const [provider, metadata] of Object.entries(other)) all[provider] = { ...all[provider], ...metadata }
  return all
}
