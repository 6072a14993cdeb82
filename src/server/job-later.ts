import { createHash, type Hash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Caller } from '../core/call.ts'
import { GatewayError, invalid } from '../core/errors.ts'
import type { JobBytes } from '../core/job.ts'
import { overrides } from '../core/overrides.ts'
import type { Question } from '../core/question.ts'
import { longestKeptMs } from '../jobs/job-bytes.ts'
import { type JobWish, ownerOf } from '../jobs/jobs.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { Arrival } from './arrival.ts'
import { checkBodyHead, tooLarge } from './body.ts'
import { checkReferences } from './file-references.ts'
import { type JobsDoorOptions, replySubmitted } from './jobs-door.ts'
import { boundaryOf } from './multipart.ts'
import { type FormPart, formParts } from './multipart-stream.ts'
import { preferencesOf } from './prefer.ts'
import { providerKeyHeader } from './provider-key.ts'
import { questionOf } from './question.ts'
import { isJson, modelRequest } from './raw-request.ts'
import { rawQuestion, readQuestion } from './reading.ts'
import { doors, type InferenceDoor, type RawDoor, throughDoor } from './routes.ts'

export interface LaterOptions extends JobsDoorOptions {
  /** Of a form; it goes to disk as it comes. */
  readonly maxFileBytes: number
}

/** Is this asked not now, but as a job? What passes to a provider by its name is the provider's to understand. */
export const isForLater = (door: InferenceDoor | RawDoor, prefer: string | readonly string[] | undefined): boolean =>
  door.operation !== 'passthrough' && preferencesOf(prefer).isLater

/** Makes a job of a request at a door that would answer at once, checked as it would be there. */
export const serveLater = async (
  arrival: Arrival,
  { door, caller }: { readonly door: InferenceDoor | RawDoor; readonly caller: Caller },
  options: LaterOptions,
): Promise<void> => {
  const ofJobs = doors.get('/v1/jobs')
  // Whoever could not ask for it again would have paid for nothing.
  if (ofJobs) throughDoor(caller, ofJobs)
  const { headers } = arrival
  if (headers[providerKeyHeader] !== undefined)
    throw invalid(providerKeyHeader, 'is never kept, so that nothing can be asked with it later')
  const read = await readBody(arrival, { door, caller }, options)
  const wish = wishOf(arrival, door, read)
  const submitted = await options.jobs.submit(caller, wish).catch(async (thrown) => {
    await drop(read.body, options.files)
    throw thrown
  })
  await replySubmitted(arrival, submitted, options.jobs)
}

interface Read {
  readonly body: JobBytes
  readonly digest?: string
  readonly question: Question
}

const wishOf = (
  { headers, path, target }: Arrival,
  door: InferenceDoor | RawDoor,
  { body, digest, question }: Read,
): JobWish => ({
  // Where the path names the model, its query may say in which form the answer is to come.
  endpoint: door.kind === 'inference' && door.model !== undefined ? target : path,
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  body,
  digest,
  model: question.request.model,
  priority: question.priority,
  idempotencyKey: question.idempotencyKey,
  hold: question.hold,
})

const drop = async (body: JobBytes, files: FileStore): Promise<void> => {
  if ('file' in body) await files.remove(body.file)
}

const readBody = async (
  arrival: Arrival,
  { door, caller }: { readonly door: InferenceDoor | RawDoor; readonly caller: Caller },
  options: LaterOptions,
): Promise<Read> => {
  const { headers, target } = arrival
  const asking = { caller, headers }
  if (door.kind === 'raw' && !isJson(headers)) return readForm(arrival, { door, caller }, options)
  checkBodyHead(headers, options.maxBodyBytes)
  const bytes = await arrival.read(options.maxBodyBytes)
  if (door.kind === 'raw')
    return { body: { bytes }, question: rawQuestion(door, { method: 'POST', target, body: bytes }, asking) }
  const question = readQuestion(door, bytes, asking)
  await checkReferences(door, bytes, { owner: ownerOf(caller), files: options.files, most: options.maxBodyBytes })
  return { body: { bytes }, question }
}

/** A form goes to disk as it comes, and is looked at there. */
const readForm = async (
  arrival: Arrival,
  { door, caller }: { readonly door: RawDoor; readonly caller: Caller },
  { files, maxFileBytes, now = Date.now }: LaterOptions,
): Promise<Read> => {
  const { headers } = arrival
  const contentType = headers['content-type'] ?? ''
  const boundary = boundaryOf(contentType)
  if (boundary === undefined)
    throw new GatewayError(
      'unsupported_media_type',
      'The body must be sent as content-type: application/json, or as multipart/form-data.',
    )
  if (Number(headers['content-length'] ?? 0) > maxFileBytes) throw tooLarge(maxFileBytes)
  const facts = { owner: ownerOf(caller), name: 'form', contentType, purpose: 'job', expiresAt: now() + longestKeptMs }
  const { id, size } = await files.add(facts, Readable.from(arrival.stream()), maxFileBytes)
  try {
    const { model, digest } = await readParts(await files.read(id), boundary)
    const asked = modelRequest(
      { operation: door.operation, method: 'POST', headers: { 'content-type': 'application/json' } },
      Buffer.from(JSON.stringify({ model })),
    )
    return { body: { file: id, size }, digest, question: questionOf(asked, caller, headers) }
  } catch (thrown) {
    await files.remove(id)
    throw thrown
  }
}

const mostModelBytes = 1_024

/** The model that a form names, and what it holds however it is written. Throws `invalid_request`, as asking at once would. */
const readParts = async (
  source: Readable,
  boundary: string,
): Promise<{ readonly model: string; readonly digest: string }> => {
  let model: string | undefined
  const hash = createHash('sha256')
  for await (const part of formParts(source, boundary)) {
    if (overrides.has(part.name)) throw invalid(part.name, 'is not accepted from callers.')
    hash.update(JSON.stringify([part.name, part.fileName, part.contentType]))
    if (part.name !== 'model') {
      await take(part, hash)
      continue
    }
    if (model !== undefined || part.fileName !== undefined)
      throw invalid('model', 'must be there once and name the model to ask.')
    model = await textOf(part)
    hash.update(JSON.stringify(model))
  }
  if (model === undefined) throw invalid('model', 'must be there once and name the model to ask.')
  if (!/^[^\p{Cc}]+$/u.test(model)) throw invalid('model', 'must name the model to ask.')
  return { model, digest: hash.digest('hex') }
}

/** Its length too, so that no value can look like two. */
const take = async ({ bytes }: FormPart, hash: Hash): Promise<void> => {
  let size = 0
  for await (const piece of bytes) {
    hash.update(piece)
    size += piece.length
  }
  hash.update(`${size}`)
}

const textOf = async ({ bytes }: FormPart): Promise<string> => {
  let text = Buffer.alloc(0)
  for await (const piece of bytes) {
    text = Buffer.concat([text, piece])
    if (text.length > mostModelBytes) throw invalid('model', 'must not be longer than 256 characters.')
  }
  return text.toString()
}
