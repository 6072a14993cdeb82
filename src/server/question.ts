import type { IncomingHttpHeaders } from 'node:http'
import { bothWishes, type CacheWord, cacheWords, wishOfControl, wishOfWord } from '../core/cache-words.ts'
import type { CacheWish, Caller } from '../core/call.ts'
import { invalid } from '../core/errors.ts'
import { idempotencyKey } from '../core/idempotency-key.ts'
import { isObject, type JsonObject } from '../core/json.ts'
import { type Priority, priorities } from '../core/priority.ts'
import type { Question } from '../core/question.ts'
import type { Request } from '../core/request.ts'
import { traceFrom } from '../core/trace.ts'
import type { Wire } from '../wire/wire.ts'
import { providerKeyHeader } from './provider-key.ts'

interface Wishes {
  idempotencyKey?: string
  timeoutMs?: number
  noFallback?: boolean
  user?: string
  session?: string
  tags?: Record<string, string>
  priority?: Priority
  cache?: CacheWord
  hold?: boolean
}

type Wish = (wishes: Wishes, value: string, name: string) => void

const longest = 256

const short = (value: string, name: string): string => {
  if (value.length === 0 || value.length > longest) throw invalid(name, `must have 1 to ${longest} characters`)
  return value
}

const flag = (value: string, name: string): boolean => {
  if (!/^(true|false|1|0)$/.test(value)) throw invalid(name, 'must be true or false')
  return value === 'true' || value === '1'
}

const readTags = (value: string, name: string): Record<string, string> => {
  const tags: Record<string, string> = Object.create(null)
  const pairs = value.split(',')
  if (pairs.length > 16) throw invalid(name, 'must hold at most 16 tags')
  for (const pair of pairs) {
    const match = /^\s*([\w.-]{1,64})=([^,=]{0,128})$/.exec(pair)
    if (!match) throw invalid(name, 'must look like "name=value,name=value"')
    tags[match[1] as string] = (match[2] as string).trim()
  }
  return tags
}

/** What a caller may ask of the gateway itself, by header or under `metadata.tollgate` in the body. */
const wishTable: Readonly<Record<string, Wish>> = {
  'timeout-ms': (wishes, value, name) => {
    if (!/^[1-9]\d{0,8}$/.test(value)) throw invalid(name, 'must be a whole number of milliseconds, at least 1')
    wishes.timeoutMs = Number(value)
  },
  'no-fallback': (wishes, value, name) => {
    wishes.noFallback = flag(value, name)
  },
  // Means something to jobs alone.
  hold: (wishes, value, name) => {
    wishes.hold = flag(value, name)
  },
  priority: (wishes, value, name) => {
    const priority = priorities.find((each) => each === value)
    if (!priority) throw invalid(name, `must be ${priorities.join(', ')}`)
    wishes.priority = priority
  },
  cache: (wishes, value, name) => {
    const word = cacheWords.find((each) => each === value)
    if (!word) throw invalid(name, `must be ${cacheWords.join(', ')}`)
    wishes.cache = word
  },
  'idempotency-key': (wishes, value, name) => {
    const key = idempotencyKey(value, name)
    if (wishes.idempotencyKey !== undefined && wishes.idempotencyKey !== key)
      throw invalid(name, 'is another one than that of the header')
    wishes.idempotencyKey = key
  },
  user: (wishes, value, name) => {
    wishes.user = short(value, name)
  },
  session: (wishes, value, name) => {
    wishes.session = short(value, name)
  },
  tags: (wishes, value, name) => {
    wishes.tags = readTags(value, name)
  },
}

const known = Object.keys(wishTable)

const wish = (wishes: Wishes, key: string, value: string, name: string): void => {
  const read = Object.hasOwn(wishTable, key) ? wishTable[key] : undefined
  if (!read) throw invalid(name, `is not known; there are ${known.map((each) => `x-tollgate-${each}`).join(', ')}`)
  read(wishes, value, name)
}

const fromHeaders = (headers: IncomingHttpHeaders, wishes: Wishes): void => {
  const key = headers['idempotency-key']
  if (key !== undefined) wishes.idempotencyKey = idempotencyKey(key, 'idempotency-key')
  for (const name in headers) {
    if (!name.startsWith('x-tollgate-') || name === providerKeyHeader) continue
    wish(wishes, name.slice(11), String(headers[name]), name)
  }
}

/** The same wishes from SDKs that cannot set headers: `metadata: { tollgate: { timeout_ms: 5000 } }`, or as JSON text. */
const fromMetadata = (metadata: JsonObject | undefined, wishes: Wishes): void => {
  const given = metadata?.tollgate
  if (given === undefined) return
  const where = 'metadata.tollgate'
  const value = typeof given === 'string' ? parse(given, where) : given
  if (!isObject(value)) throw invalid(where, 'must be an object')
  for (const [key, entry] of Object.entries(value)) {
    const text = typeof entry === 'object' ? JSON.stringify(entry) : String(entry)
    wish(wishes, key.replaceAll('_', '-'), text, `${where}.${key}`)
  }
}

const longestWishes = 8_192

const parse = (text: string, where: string): unknown => {
  // It was one string for the limits of the body; a megabyte of brackets would take seconds to read.
  if (text.length > longestWishes) throw invalid(where, `must have at most ${longestWishes} characters`)
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(where, 'is not JSON')
  }
}

const safeId = /^[\w.:-]{8,128}$/

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)

/** A hint of the SDK that nobody vouches for: used where it makes sense, passed over where it does not. */
const hint = (value: string | string[] | undefined, most: number): number | undefined => {
  const text = one(value)
  if (text === undefined || !/^\d{1,9}$/.test(text)) return undefined
  return Math.min(Number(text), most)
}

/**
 * The caller with the names that this call is made for; what it does not say stays as it is. Whom the application asks
 * for is its end user: whom its key belongs to is not for it to say.
 */
const named = (caller: Caller, { user, session, tags }: Wishes, { chat }: Request): Caller => {
  const endUser = (user ?? caller.endUser ?? chat.user?.slice(0, longest))?.toWellFormed() || undefined
  if (endUser === undefined && session === undefined && tags === undefined) return caller
  return { ...caller, endUser, session: session?.toWellFormed() ?? caller.session, tags: tags ?? caller.tags }
}

const printable = /^[\x20-\x7e]{1,1024}$/

/** A request with the headers that are part of its language. Throws `invalid_request` for what no header may hold. */
export const withHeaders = (request: Request, wire: Wire, headers: IncomingHttpHeaders): Request => {
  let passed: Record<string, string> | undefined
  for (const name of wire.passedHeaders) {
    const value = headers[name]
    if (value === undefined) continue
    if (typeof value !== 'string' || !printable.test(value))
      throw invalid(name, 'must have 1 to 1024 printable characters')
    passed ??= {}
    passed[name] = value
  }
  return passed === undefined ? request : { ...request, headers: passed }
}

/** By our own word, and by the one of HTTP. */
const cacheWishOf = ({ cache }: Wishes, control: string | undefined): CacheWish | undefined =>
  bothWishes(
    control === undefined ? undefined : wishOfControl(control),
    cache === undefined ? undefined : wishOfWord(cache),
  )

/** A question from a request and the headers it came with. Throws `invalid_request` for wishes that are not known. */
export const questionOf = (request: Request, caller: Caller, headers: IncomingHttpHeaders): Question => {
  const wishes: Wishes = {}
  fromHeaders(headers, wishes)
  fromMetadata(request.chat.metadata, wishes)
  const { timeoutMs, noFallback, priority } = wishes
  const sdkTimeoutMs = (hint(headers['x-stainless-timeout'], 86_400) ?? 0) * 1000
  const id = one(headers['x-request-id'])
  return {
    request,
    caller: named(caller, wishes, request),
    id: id !== undefined && safeId.test(id) ? id : undefined,
    timeoutMs: request.stream || sdkTimeoutMs === 0 ? timeoutMs : Math.min(timeoutMs ?? Infinity, sdkTimeoutMs),
    beginWithinMs: request.stream && sdkTimeoutMs > 0 ? sdkTimeoutMs : undefined,
    noFallback,
    priority,
    hold: wishes.hold,
    idempotencyKey: wishes.idempotencyKey,
    cacheWish: cacheWishOf(wishes, headers['cache-control']),
    retryCount: hint(headers['x-stainless-retry-count'], 100),
    trace: headers.traceparent === undefined ? undefined : traceFrom(headers.traceparent, headers.tracestate),
  }
}
