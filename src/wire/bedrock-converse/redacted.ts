import { openEnvelope, wrapInEnvelope } from '../../core/envelope.ts'
import { wireName } from './name.ts'

/**
 * Encrypted thinking as this language carries it: bytes, which clients decode from base64 and encode again. What another
 * maker said is in an envelope inside.
 */
export const writeRedacted = (redacted: string, origin: string): string =>
  origin === wireName ? redacted : Buffer.from(wrapInEnvelope(origin, redacted), 'utf8').toString('base64')

/** Whose encrypted thinking it is, and what its maker said. */
export const openRedacted = (data: string): { readonly redacted: string; readonly origin: string } => {
  const envelope = openEnvelope(Buffer.from(data, 'base64').toString('utf8'))
  return envelope ? { redacted: envelope.content ?? '', origin: envelope.origin } : { redacted: data, origin: wireName }
}
