import type { SharedV4ProviderMetadata } from '@ai-sdk/provider'
import { isObject } from '../../core/json.ts'

/** The name of this language: nobody else speaks it, so what it says is always put into other words. */
export const origin = 'ai-sdk'

/** What a package wants back with thinking of its own, as the proof that callers keep; undefined: nothing. */
export const proofOf = (provider: string, metadata: SharedV4ProviderMetadata | undefined): string =>
  JSON.stringify({ provider, metadata })

/** What is in a proof, for the provider that gave it; undefined for everybody else. */
export const openProof = (
  provider: string,
  proof: string | undefined,
): { readonly metadata: SharedV4ProviderMetadata | undefined } | undefined => {
  if (proof === undefined) return undefined
  try {
    const opened: unknown = JSON.parse(proof)
    if (!isObject(opened) || opened.provider !== provider) return undefined
    return { metadata: isObject(opened.metadata) ? (opened.metadata as SharedV4ProviderMetadata) : undefined }
  } catch {
    // A caller may send anything as a proof; it proves nothing then.
    return undefined
  }
}
