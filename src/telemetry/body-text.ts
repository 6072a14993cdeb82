import type { CallBodies } from '../core/call-bodies.ts'
import { type CutText, jsonWithin } from '../core/json-within.ts'
import type { Request } from '../core/request.ts'

/** A request as its caller wrote it, if that is JSON. */
export const requestText = ({ body, raw }: Pick<Request, 'body' | 'raw'>, most: number): CutText | undefined => {
  if (body !== undefined) return jsonWithin(body, most)
  const bytes = raw?.body
  if (!Buffer.isBuffer(bytes) || !/[/+]json\b/i.test(raw?.headers['content-type'] ?? '')) return undefined
  return { text: bytes.toString('utf8', 0, most), isCut: bytes.length > most }
}

/** Texts as they are kept: without secrets, and no longer than they may be. */
export const fitBodies = (
  request: CutText | undefined,
  response: CutText | undefined,
  { mask, mostBytes }: { readonly mask: (text: string) => string; readonly mostBytes: number },
): CallBodies => {
  const fit = (said: CutText | undefined): CutText | undefined => {
    if (said === undefined) return undefined
    const text = mask(said.text)
    const kept = within(text, mostBytes)
    return { text: kept, isCut: said.isCut || kept.length < text.length }
  }
  const [asked, told] = [fit(request), fit(response)]
  return {
    request: asked?.text,
    response: told?.text,
    isRequestCut: asked?.isCut ?? false,
    isResponseCut: told?.isCut ?? false,
  }
}

/** The beginning of a text that has so many bytes at most, never a part of a character. */
const within = (text: string, mostBytes: number): string => {
  if (text.length * 3 <= mostBytes) return text
  const room = new Uint8Array(mostBytes)
  return text.slice(0, new TextEncoder().encodeInto(text, room).read)
}
