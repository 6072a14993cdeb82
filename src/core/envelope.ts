/** A signature or encrypted thinking, with the wire that its maker speaks. */
export interface Enveloped {
  readonly origin: string
  /** Undefined when the thinking came unsigned. */
  readonly content: string | undefined
}

const prefix = 'tollgate.'
const form = /^tollgate\.([a-z0-9-]+)\.([A-Za-z0-9_-]*)$/

/**
 * Proof of thinking as another wire may carry it: `tollgate.<origin>.<base64url>`. A client keeps it as an opaque
 * signature and sends it back, and from it the gateway knows whose thinking that is.
 */
export const wrapInEnvelope = (origin: string, content: string | undefined): string =>
  `${prefix}${origin}.${Buffer.from(content ?? '', 'utf8').toString('base64url')}`

/** What is inside an envelope, or undefined when the text is none, as the signatures of providers are. */
export const openEnvelope = (text: string): Enveloped | undefined => {
  if (!text.startsWith(prefix)) return undefined
  const [, origin, content] = form.exec(text) ?? []
  if (origin === undefined || content === undefined) return undefined
  return { origin, content: content === '' ? undefined : Buffer.from(content, 'base64url').toString('utf8') }
}
