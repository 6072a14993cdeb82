import { readdirSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { GatewayError } from '../../core/errors.ts'
import { pathOf } from '../strict.ts'
import { checkOrigin } from './gate.ts'
import { missingPage, pageHeaders } from './page-head.ts'

/** One file of the dashboard, ready to be sent. */
interface Asset {
  readonly type: string
  readonly bytes: Buffer
  readonly packed: Buffer
}

/** The dashboard as it was built: files without secrets, for a browser in which nobody has signed in yet. */
export interface Assets {
  /** Answers a request for one of its files. False: it is for none of them, and nothing was answered. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
}

const fromSources = import.meta.url.endsWith('.ts')
const builtFolder = new URL(fromSources ? '../../../dist/dashboard/' : '../../dashboard/', import.meta.url)
const assetsPath = '/admin/assets/'

const assetAt = (place: URL): Asset => {
  const bytes = readFileSync(place)
  const type = types[place.pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  return { type, bytes, packed: gzipSync(bytes) }
}

/** Files are read with the first request and kept; they are read again when they were built anew. */
export const createAssets = (folder: URL = builtFolder): Assets => {
  let builtAt: number | undefined
  let files: ReadonlyMap<string, Asset> = new Map()
  const look = (): ReadonlyMap<string, Asset> => {
    const index = new URL('index.html', folder)
    const at = statSync(index, { throwIfNoEntry: false })?.mtimeMs
    if (at === builtAt) return files
    const names = at === undefined ? [] : readdirSync(new URL('assets/', folder))
    const found = names.map((name) => [assetsPath + name, assetAt(new URL(`assets/${name}`, folder))] as const)
    files = new Map(at === undefined ? [] : [...found, ['/admin/', assetAt(index)]])
    builtAt = at
    return files
  }
  return {
    answer: (request, response) => {
      const path = pathOf(request.url ?? '')
      if (path !== '/admin' && path !== '/admin/' && !path.startsWith(assetsPath)) return false
      if (request.method !== 'GET' && request.method !== 'HEAD') return false
      if (!isVisit(request)) checkOrigin(request)
      if (path === '/admin') {
        response.writeHead(308, { ...pageHeaders, location: '/admin/' }).end()
        return true
      }
      const asset = look().get(path)
      if (asset) send(asset, request, response)
      else if (path === '/admin/')
        response.writeHead(503, { ...pageHeaders, 'content-type': types.html }).end(missingPage)
      else throw new GatewayError('not_found', 'The dashboard has no such file. Load its page again.')
      return true
    },
  }
}

/** Somebody follows a link to here, from wherever it stands. No page of another site sees what is answered. */
const isVisit = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'

/** The page itself is asked for each time; names of everything else change with what is in them. */
const cachingOf = ({ type }: Asset): string =>
  type === types.html ? 'no-store' : 'public, max-age=31536000, immutable'

const send = (asset: Asset, request: IncomingMessage, response: ServerResponse): void => {
  const packs = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  const bytes = packs ? asset.packed : asset.bytes
  response.writeHead(200, {
    ...pageHeaders,
    'cache-control': cachingOf(asset),
    'content-type': asset.type,
    'content-length': bytes.length,
    vary: 'accept-encoding',
    ...(packs && { 'content-encoding': 'gzip' }),
  })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
