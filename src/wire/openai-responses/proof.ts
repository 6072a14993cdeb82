import { openEnvelope, wrapInEnvelope } from '../../core/envelope.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ReasoningPart } from '../../core/request.ts'
import { wireName } from './name.ts'

const filled = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** What a maker of this language needs to accept its thinking back: the item's id and what it encrypted, as one text. */
export const proofOf = ({ id, encrypted_content }: JsonObject): string | undefined => {
  const proof = `${filled(id)}.${filled(encrypted_content)}`
  return proof === '.' ? undefined : proof
}

/** The id and the encrypted content in a proof; what has no dot is an id. */
export const partsOfProof = (proof: string): { readonly id: string; readonly encrypted: string } => {
  const dot = proof.indexOf('.')
  return dot === -1 ? { id: proof, encrypted: '' } : { id: proof.slice(0, dot), encrypted: proof.slice(dot + 1) }
}

type Proven = Pick<ReasoningPart, 'signature' | 'redacted' | 'origin'>

/** Proof of thinking of another maker, as a client of this language keeps it: in place of encrypted content. */
export const sealed = ({ origin, signature, redacted }: Proven): string =>
  wrapInEnvelope(origin, redacted === undefined ? `s${signature ?? ''}` : `r${redacted}`)

/** The proof in encrypted content that `sealed` has made; undefined where it was made elsewhere. */
export const unsealed = (encrypted: string): Proven | undefined => {
  const envelope = openEnvelope(encrypted)
  if (envelope === undefined) return undefined
  const content = envelope.content ?? 's'
  const proof = content.slice(1)
  const { origin } = envelope
  return content.startsWith('r') ? { origin, redacted: proof } : { origin, signature: proof === '' ? undefined : proof }
}

/** Thinking that an item of a caller shows, with its proof. */
export const provenBy = (item: JsonObject): Proven =>
  unsealed(filled(item.encrypted_content)) ?? { origin: wireName, signature: proofOf(item) }
