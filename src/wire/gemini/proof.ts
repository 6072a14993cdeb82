import type { Reasoning } from '../../core/delta.ts'
import { openEnvelope, wrapInEnvelope } from '../../core/envelope.ts'
import type { ReasoningPart } from '../../core/request.ts'
import { wireName } from './name.ts'

type Thinking = Pick<Reasoning | ReasoningPart, 'text' | 'signature' | 'redacted' | 'origin'>

/**
 * Gemini signs any part it says, calls of tools above all, and wants each signature back on its part. In neutral words
 * a signature on what is no thought is thinking without text, said right before the part: so it goes through every
 * language that carries signed thinking, and finds its part again.
 */
export const isBareProof = ({ text, signature, redacted, origin }: Thinking): boolean =>
  origin === wireName && text === '' && signature !== undefined && redacted === undefined

const redactedMark = 'redacted:'

/** The `thoughtSignature` of thinking; that of other makers is sealed, so that it is known when it comes back. */
export const writeProof = ({ signature, redacted, origin }: Omit<Thinking, 'text'>): string | undefined => {
  if (origin === wireName) return signature
  return wrapInEnvelope(origin, redacted === undefined ? signature : redactedMark + redacted)
}

/** What a `thoughtSignature` proves. */
export const readProof = (proof: string): Omit<Thinking, 'text'> => {
  const envelope = openEnvelope(proof)
  if (!envelope) return { signature: proof, redacted: undefined, origin: wireName }
  const { content, origin } = envelope
  return content?.startsWith(redactedMark)
    ? { signature: undefined, redacted: content.slice(redactedMark.length), origin }
    : { signature: content, redacted: undefined, origin }
}
