import { invalid } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Source } from '../../core/request.ts'
import { nameAt, objectAt, textAt } from '../checks.ts'

/** The address of something the provider is to fetch. Other schemes could make it read what only the gateway reaches. */
const readUrl = (source: JsonObject, path: string): string => {
  const url = nameAt(source, 'url', path)
  if (!/^https?:\/\//i.test(url)) throw invalid(`${path}.url`, 'must be an http or https address')
  return url
}

const readers: ReadonlyMap<unknown, (source: JsonObject, path: string) => Source> = new Map([
  [
    'base64',
    (source: JsonObject, path: string): Source => ({
      kind: 'data',
      data: nameAt(source, 'data', path),
      mediaType: nameAt(source, 'media_type', path),
    }),
  ],
  ['url', (source: JsonObject, path: string): Source => ({ kind: 'url', url: readUrl(source, path) })],
  ['file', (source: JsonObject, path: string): Source => ({ kind: 'id', id: nameAt(source, 'file_id', path) })],
  [
    'text',
    (source: JsonObject, path: string): Source => ({
      kind: 'data',
      data: Buffer.from(textAt(source, 'data', path), 'utf8').toString('base64'),
      mediaType: 'text/plain',
    }),
  ],
])

/** Where an image or document comes from; undefined for a kind of source that has no neutral word. */
export const readSource = (block: JsonObject, path: string): Source | undefined => {
  const source = objectAt(block, 'source', path)
  textAt(source, 'type', `${path}.source`)
  return readers.get(source.type)?.(source, `${path}.source`)
}
