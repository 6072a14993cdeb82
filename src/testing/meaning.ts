import type { Delta, TokenLogProb } from '../core/delta.ts'
import type { JsonValue } from '../core/json.ts'
import type { Usage } from '../core/usage.ts'

/** One content part of an answer with all its pieces joined. */
export interface MeantBlock {
  kind: string
  text: string
  /** Present where the part has them: id, name, signature, redacted, origin, citations, … */
  facts: Record<string, unknown>
}

export interface MeantChoice {
  index: number
  blocks: MeantBlock[]
  logProbs: TokenLogProb[]
  refusalLogProbs: TokenLogProb[]
  finish: { reason: string; stopSequence: string | undefined } | undefined
}

/**
 * What deltas say once it no longer matters in how many pieces they came: two answers that mean the same are deeply
 * equal.
 */
export interface Meaning {
  id: string | undefined
  model: string | undefined
  choices: MeantChoice[]
  usage: Usage | undefined
  opaque: JsonValue[]
  failure: string | undefined
}

interface Joined {
  readonly meaning: Meaning
  readonly blocks: Map<string, MeantBlock>
}

const choiceOf = (joined: Joined, index: number): MeantChoice => {
  const known = joined.meaning.choices.find((choice) => choice.index === index)
  if (known) return known
  const choice: MeantChoice = { index, blocks: [], logProbs: [], refusalLogProbs: [], finish: undefined }
  joined.meaning.choices.push(choice)
  return choice
}

const blockOf = (joined: Joined, delta: { kind: string; choice: number; block: number }): MeantBlock => {
  const kind = delta.kind === 'annotation' ? 'text' : delta.kind
  const key = `${delta.choice}.${delta.block}`
  const known = joined.blocks.get(key)
  if (known) {
    if (known.kind !== kind) throw new Error(`block ${key} is ${known.kind} and ${kind} at once`)
    return known
  }
  const block: MeantBlock = { kind, text: '', facts: {} }
  joined.blocks.set(key, block)
  choiceOf(joined, delta.choice).blocks.push(block)
  return block
}

const keep = (block: MeantBlock, facts: Record<string, unknown>): void => {
  for (const name in facts) if (facts[name] !== undefined) block.facts[name] = facts[name]
}

const append = (block: MeantBlock, name: string, more: string): void => {
  block.facts[name] = `${block.facts[name] ?? ''}${more}`
}

type Joiners = { [Kind in Delta['kind']]?: (joined: Joined, delta: Extract<Delta, { kind: Kind }>) => void }

const joiners: Joiners = {
  start: ({ meaning }, delta) => {
    meaning.id ??= delta.id
    meaning.model ??= delta.model
  },
  text: (joined, delta) => {
    blockOf(joined, delta).text += delta.text
  },
  refusal: (joined, delta) => {
    blockOf(joined, delta).text += delta.text
  },
  reasoning: (joined, delta) => {
    const block = blockOf(joined, delta)
    block.text += delta.text
    if (delta.signature !== undefined) append(block, 'signature', delta.signature)
    if (delta.redacted !== undefined) append(block, 'redacted', delta.redacted)
    keep(block, { origin: delta.origin })
  },
  tool_call: (joined, delta) => {
    const block = blockOf(joined, delta)
    block.text += delta.arguments
    keep(block, { id: delta.id, name: delta.name, custom: delta.custom || undefined })
  },
  media: (joined, delta) => {
    const block = blockOf(joined, delta)
    // Pieces of base64 are padded each on its own, so bytes are joined, not their spelling.
    const before = Buffer.from(`${block.facts.data ?? ''}`, 'base64')
    block.facts.data = Buffer.concat([before, Buffer.from(delta.data, 'base64')]).toString('base64')
    block.text += delta.transcript ?? ''
    keep(block, { mediaType: delta.mediaType, id: delta.id || undefined, expiresAt: delta.expiresAt })
  },
  annotation: (joined, delta) => {
    const block = blockOf(joined, delta)
    const { url, title, citedText, start, end, origin, raw } = delta
    const before = (block.facts.annotations ?? []) as unknown[]
    block.facts.annotations = [...before, { url, title, citedText, start, end, origin, raw }]
  },
  logprobs: (joined, delta) => {
    const choice = choiceOf(joined, delta.choice)
    choice.logProbs.push(...delta.content)
    choice.refusalLogProbs.push(...delta.refusal)
  },
  usage: ({ meaning }, delta) => {
    // What a provider charged the gateway is nothing that callers are told in its place.
    const { statedNanos: _, ...usage } = delta.usage
    meaning.usage = usage
  },
  finish: (joined, delta) => {
    choiceOf(joined, delta.choice).finish = { reason: delta.reason, stopSequence: delta.stopSequence }
  },
  failure: ({ meaning }, delta) => {
    meaning.failure = delta.error.code
  },
  opaque: ({ meaning }, delta) => {
    meaning.opaque.push(delta.value)
  },
}

/** Joins the pieces of an answer. Throws when one block is said to be two kinds of content. */
export const meaningOf = (deltas: readonly Delta[]): Meaning => {
  const meaning: Meaning = {
    id: undefined,
    model: undefined,
    choices: [],
    usage: undefined,
    opaque: [],
    failure: undefined,
  }
  const joined: Joined = { meaning, blocks: new Map() }
  for (const delta of deltas) {
    const join = joiners[delta.kind] as ((joined: Joined, delta: Delta) => void) | undefined
    join?.(joined, delta)
  }
  meaning.choices.sort((one, other) => one.index - other.index)
  meaning.opaque.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
  return meaning
}
