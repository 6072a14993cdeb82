import type { Annotation, Delta, Finish, Media, Reasoning, TokenLogProb } from '../../core/delta.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { finishWord } from './finish.ts'
import { writeGrounding } from './grounding.ts'
import { writeLogProbs } from './log-probs.ts'
import { wireName } from './name.ts'
import { PartQueue } from './part-queue.ts'
import { isBareProof, writeProof } from './proof.ts'

interface OpenThought {
  readonly block: number
  readonly origin: string
  signature: string | undefined
}

/** One candidate, as it is told. */
export class ToldCandidate {
  readonly index: number
  readonly #queue = new PartQueue()
  readonly #logProbs: TokenLogProb[] = []
  readonly #citations: Annotation[] = []
  #extras: Readonly<Record<string, JsonValue | undefined>> = {}
  #text = ''
  #finish: Finish | undefined
  #refused = false
  /** A signature that belongs to the next part. */
  #proof: string | undefined
  /** Thinking of another maker, which is sealed where it ends. */
  #thought: OpenThought | undefined

  constructor(index: number) {
    this.index = index
  }

  hear(delta: Extract<Delta, { choice: number }>): void {
    if (delta.kind === 'reasoning') this.#think(delta)
    else if (delta.kind === 'tool_call') this.#call(delta)
    else if (delta.kind === 'logprobs') this.#logProbs.push(...delta.content, ...delta.refusal)
    else if (delta.kind === 'finish') this.#end(delta)
    else if (delta.kind === 'media') for (const part of mediaParts(delta)) this.#say(part)
    else if (delta.kind === 'annotation') this.#cite(delta)
    else {
      if (delta.kind === 'refusal') this.#refused = true
      this.#text += delta.text
      this.#say({ text: delta.text })
    }
  }

  /** What only this language says: a part, or what decorates a candidate. */
  hearOwn({ part, candidate }: JsonObject): void {
    if (typeof part === 'object' && part !== null) this.#say(part as JsonObject)
    else this.#extras = { ...this.#extras, ...(candidate as JsonObject | undefined) }
  }

  #cite(citation: Annotation): void {
    // Its own citations are part of what decorates the candidate.
    if (citation.origin !== wireName) this.#citations.push(citation)
  }

  #call(delta: Extract<Delta, { kind: 'tool_call' }>): void {
    this.#seal()
    this.#queue.call(delta, this.#proof)
    if (delta.name !== undefined) this.#proof = undefined
  }

  #say(part: JsonObject): void {
    this.#seal()
    this.#queue.push(this.#proof === undefined ? part : { ...part, thoughtSignature: this.#proof })
    this.#proof = undefined
  }

  #think(delta: Reasoning): void {
    const { block, text, signature, redacted, origin } = delta
    if (isBareProof(delta)) {
      this.#tellProof()
      this.#proof = signature
    } else if (origin === wireName) this.#say({ text, thought: true, thoughtSignature: signature })
    else if (redacted !== undefined) this.#say({ text: '', thought: true, thoughtSignature: writeProof(delta) })
    else this.#thinkForeign({ block, origin, signature }, text)
  }

  #thinkForeign(thought: OpenThought, text: string): void {
    if (this.#thought?.block !== thought.block) this.#seal()
    this.#thought ??= thought
    if (thought.signature !== undefined) this.#thought.signature = thought.signature
    if (text !== '') this.#queue.push({ text, thought: true })
  }

  /** Thinking of another maker ends: its seal stands in a part of its own, since it is known only now. */
  #seal(): void {
    if (!this.#thought) return
    this.#queue.push({
      text: '',
      thought: true,
      thoughtSignature: writeProof({ ...this.#thought, redacted: undefined }),
    })
    this.#thought = undefined
  }

  /** A signature whose part never came stands alone. */
  #tellProof(): void {
    this.#seal()
    if (this.#proof !== undefined) this.#queue.push({ text: '', thoughtSignature: this.#proof })
    this.#proof = undefined
  }

  #end(finish: Finish): void {
    this.#tellProof()
    this.#finish ??= finish
  }

  /** The parts that can be told now. */
  take(): JsonObject[] {
    const isOver = this.#finish !== undefined
    const cut = this.#finish?.reason === 'length' || this.#finish?.reason === 'context'
    return this.#queue.take(isOver, cut)
  }

  /** What is told at its end, beside its last parts. */
  ending(): JsonObject {
    const grounding = writeGrounding(this.#citations, this.#text)
    return {
      finishReason: this.#finish ? finishWord(this.#finish, this.#refused) : undefined,
      index: this.index,
      logprobsResult: this.#logProbs.length > 0 ? writeLogProbs(this.#logProbs) : undefined,
      groundingMetadata: grounding,
      ...this.#extras,
    }
  }
}

/** Sound that is said in words as well has its words beside it. */
const mediaParts = ({ mediaType, data, transcript }: Media): JsonObject[] => {
  const parts: JsonObject[] = []
  if (data !== '') parts.push({ inlineData: { mimeType: mediaType, data } })
  if (transcript) parts.push({ audioTranscription: { text: transcript } })
  return parts
}
