import { invalid } from '../../core/errors.ts'
import type { Source } from '../../core/request.ts'

/** The bytes of a `data:` address in base64; undefined when it is not such an address. Long data is not copied. */
export const readDataUrl = (url: string): { mediaType: string; data: string } | undefined => {
  const comma = url.indexOf(',')
  if (comma === -1 || comma > 200) return undefined
  const [mediaType = '', ...parameters] = url.slice(5, comma).split(';')
  if (parameters.at(-1)?.trim().toLowerCase() !== 'base64' || !mediaType.includes('/')) return undefined
  return { mediaType: mediaType.trim().toLowerCase(), data: url.slice(comma + 1) }
}

/** Where an address says that bytes come from. */
export const sourceAt = (url: string, path: string): Source => {
  if (/^https?:\/\//i.test(url)) return { kind: 'url', url }
  if (!/^data:/i.test(url)) throw invalid(path, 'must be an https, http or data URL.')
  const given = readDataUrl(url)
  if (!given) throw invalid(path, 'must be data:<media type>;base64,<data>.')
  return { kind: 'data', data: given.data, mediaType: given.mediaType }
}

/** The bytes of a file as a body gives them: an address, or bare base64. */
export const fileDataAt = (data: string, path: string): Source =>
  // Bare base64 names no type; PDF is what the API takes everywhere.
  /^(https?|data):/i.test(data) ? sourceAt(data, path) : { kind: 'data', data, mediaType: 'application/pdf' }
