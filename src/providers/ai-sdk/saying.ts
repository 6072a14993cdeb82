import type {
  LanguageModelV4Citation,
  LanguageModelV4Content,
  LanguageModelV4ResponseMetadata,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import type { Delta } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { origin, proofOf } from './origin.ts'

/** Who says something, for beginnings and proofs. */
export interface Speaker {
  readonly provider: string
  readonly model: string
  /** The id of an answer that has none of its own. */
  readonly id: string
}

/** What content of the AI SDK means; keeps the numbers of blocks of one answer. */
export class Saying {
  readonly #speaker: Speaker
  readonly #cited = new Set<string>()
  #block = -1
  #begun = false

  constructor(speaker: Speaker) {
    this.#speaker = speaker
  }

  /** The number of the next block. */
  next(): number {
    this.#block++
    return this.#block
  }

  /** The first delta of an answer; nothing when it has begun. */
  begin(metadata: LanguageModelV4ResponseMetadata = {}): Delta[] {
    if (this.#begun) return []
    this.#begun = true
    const { id, modelId, timestamp } = metadata
    const created = timestamp === undefined ? undefined : Math.floor(timestamp.getTime() / 1_000)
    return [{ kind: 'start', id: id ?? this.#speaker.id, model: modelId ?? this.#speaker.model, created }]
  }

  proof(block: number, metadata: SharedV4ProviderMetadata | undefined): Delta {
    return {
      kind: 'reasoning',
      choice: 0,
      block,
      text: '',
      signature: proofOf(this.#speaker.provider, metadata),
      origin,
    }
  }

  citations(block: number, citations: readonly LanguageModelV4Citation[] = []): Delta[] {
    return citations.flatMap(({ source, startIndex, endIndex, citedText }) =>
      this.#annotation(block, source, { start: startIndex, end: endIndex, citedText }),
    )
  }

  #annotation(
    block: number,
    source: LanguageModelV4Citation['source'],
    place: { readonly start?: number; readonly end?: number; readonly citedText?: string } = {},
  ): Delta[] {
    const url = source.sourceType === 'url' ? source.url : undefined
    if (url !== undefined) this.#cited.add(url)
    const raw = source as unknown as JsonObject
    return [{ kind: 'annotation', choice: 0, block, url, title: source.title, ...place, origin, raw }]
  }

  /** A source that no text cites by itself. */
  #source(source: Extract<LanguageModelV4Content, { type: 'source' }>): Delta[] {
    if (source.sourceType === 'url' && this.#cited.has(source.url)) return []
    return this.#annotation(Math.max(0, this.#block), source)
  }

  /** One whole piece of content. */
  whole(content: LanguageModelV4Content): Delta[] {
    switch (content.type) {
      case 'text': {
        const block = this.next()
        return [{ kind: 'text', choice: 0, block, text: content.text }, ...this.citations(block, content.citations)]
      }
      case 'reasoning': {
        const block = this.next()
        const said: Delta = { kind: 'reasoning', choice: 0, block, text: content.text, origin }
        return [said, this.proof(block, content.providerMetadata)]
      }
      case 'tool-call': {
        const { toolCallId: id, toolName: name, input } = content
        return [{ kind: 'tool_call', choice: 0, block: this.next(), id, name, arguments: input }]
      }
      case 'file':
        return this.#file(content)
      case 'source':
        return this.#source(content)
      default:
        return [{ kind: 'opaque', wire: origin, value: content as unknown as JsonValue, semantic: false }]
    }
  }

  #file({ data, mediaType }: Extract<LanguageModelV4Content, { type: 'file' }>): Delta[] {
    if (data.type === 'url') {
      const value = { type: 'file', mediaType, url: data.url.href }
      return [{ kind: 'opaque', wire: origin, value, semantic: true }]
    }
    const base64 = typeof data.data === 'string' ? data.data : Buffer.from(data.data).toString('base64')
    return [{ kind: 'media', choice: 0, block: this.next(), mediaType, data: base64 }]
  }
}
