import { Readable } from 'node:stream'
import type { Caller } from '../core/call.ts'
import { GatewayError, invalid } from '../core/errors.ts'
import { ownerOf } from '../jobs/jobs.ts'
import type { FileStore, StoredFile } from '../stores/file-store.ts'
import type { Arrival } from './arrival.ts'
import { tooLarge } from './body.ts'
import { readFileForm } from './files-form.ts'
import { limitIn, queryOf, wordIn } from './query.ts'
import { replyBytes, replyJson } from './replies.ts'
import { nothingAt, notTaken } from './routes.ts'

export interface FilesDoorOptions {
  readonly files: FileStore
  /** Of one file. */
  readonly maxFileBytes: number
  /** Unix milliseconds. Default: the machine's clock. */
  readonly now?: (() => number) | undefined
}

const usualPage = 100
const mostPage = 1_000
/** What a form has beside its file. */
const mostAround = 256 * 1024

/** Answers one request under `/v1/files`, from a caller that may use it: files of callers, in OpenAI's words. */
export const serveFiles = async (arrival: Arrival, caller: Caller, options: FilesDoorOptions): Promise<void> => {
  const [, id, content] = /^\/v1\/files(?:\/([^/]+)(\/content)?)?$/.exec(arrival.path) ?? []
  const owner = ownerOf(caller)
  const { files } = options
  const method = arrival.method === 'HEAD' ? 'GET' : arrival.method
  if (id === undefined) {
    if (arrival.path !== '/v1/files') throw nothingAt(arrival.path)
    if (method === 'GET') return list(arrival, owner, files)
    if (method === 'POST') return upload(arrival, owner, options)
    throw notTaken(['GET', 'POST'])
  }
  if (content !== undefined && method !== 'GET') throw notTaken(['GET'])
  if (method !== 'GET' && method !== 'DELETE') throw notTaken(['GET', 'DELETE'])
  const file = await fileOf(files, id, owner)
  if (content !== undefined) return download(arrival, file, files)
  if (method === 'GET') return replyJson(arrival.outlet, viewOf(file))
  if (!(await files.remove(id, owner))) throw noSuchFile(id)
  replyJson(arrival.outlet, { id, object: 'file', deleted: true })
}

const noSuchFile = (id: string): GatewayError =>
  new GatewayError('not_found', `There is no file ${JSON.stringify(id.slice(0, 64))}.`)

/** Bytes of jobs are no files of callers, though they belong to the same owner. */
const fileOf = async (files: FileStore, id: string, owner: string): Promise<StoredFile> => {
  const file = await files.find(id, owner)
  if (!file || file.purpose === 'job') throw noSuchFile(id)
  return file
}

const seconds = (ms: number): number => Math.floor(ms / 1_000)

const viewOf = ({ id, size, createdAt, expiresAt, name, purpose }: StoredFile) => ({
  id,
  object: 'file',
  bytes: size,
  created_at: seconds(createdAt),
  expires_at: expiresAt === undefined ? null : seconds(expiresAt),
  filename: name,
  purpose,
  status: 'processed',
})

const list = async ({ target, outlet }: Arrival, owner: string, files: FileStore): Promise<void> => {
  const query = queryOf(target)
  const limit = limitIn(query, usualPage, mostPage)
  const after = query.get('after')
  if (after !== undefined && !/^file-[\w-]{1,64}$/.test(after)) throw invalid('after', 'must be the id of a file')
  const found = await files.list({
    owner,
    purpose: query.get('purpose'),
    after,
    limit: limit + 1,
    isOldestFirst: wordIn(query, 'order', ['asc', 'desc']) === 'asc',
  })
  const data = found.slice(0, limit).map(viewOf)
  replyJson(outlet, {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: found.length > limit,
  })
}

const upload = async (arrival: Arrival, owner: string, options: FilesDoorOptions): Promise<void> => {
  const { files, maxFileBytes, now = Date.now } = options
  const { headers } = arrival
  if (Number(headers['content-length'] ?? 0) > maxFileBytes + mostAround) throw tooLarge(maxFileBytes)
  const form = readFileForm(headers['content-type'] ?? '', () => arrival.stream())
  const file = await files.add(() => form.facts(owner, now()), Readable.from(form.bytes), maxFileBytes)
  replyJson(arrival.outlet, viewOf(file))
}

const download = async ({ outlet }: Arrival, file: StoredFile, files: FileStore): Promise<void> =>
  replyBytes(outlet, await files.read(file.id), {
    'content-type': file.contentType,
    'content-length': String(file.size),
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
  })
