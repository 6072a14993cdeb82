import { hash } from 'node:crypto'
import { isOfItsWireAlone, writeInput, writeRequest } from './asked.ts'
import type { Call, Caller } from './call.ts'
import { CanonicalText } from './canonical-text.ts'
import { wordsToCompare } from './comparable.ts'
import { GatewayError } from './errors.ts'
import { fold } from './fold.ts'
import type { CacheScope, Identity, Likeness, ScopeWidth } from './identity.ts'
import { keyedHash } from './keyed-hash.ts'
import type { Request } from './request.ts'

/** What a fingerprint is made with beside the call. */
export interface FingerprintOptions {
  readonly secret: Uint8Array
  readonly scope: ScopeWidth
  /** The public name of the route, what it says of who answers, and whether who asks decides it. */
  readonly route: { readonly name: string; readonly identity: string; readonly readsCaller: boolean }
  readonly normalize: boolean
}

/** Changed whenever the same question is written in another way, so that nothing old is found under a new name. */
const version = 1

/** A name in which nothing stands that stands between names. */
const escaped = (name: string | undefined): string =>
  name === undefined ? '' : /[%/]/.test(name) ? name.replace(/[%/]/g, encodeURIComponent) : name

/** `shop`, or `acme/shop` in an org. */
const teamName = ({ team, org }: Caller): string => (org ? `${escaped(org)}/${escaped(team)}` : escaped(team))

/**
 * The names of teams are not unique where nobody describes them, and in a library one key may ask for many teams: so a name
 * stands behind everything that is around it. Undefined for a width that nobody knows, which must not pass for a wide one.
 */
const scopeText = (caller: Caller, width: ScopeWidth): string | undefined => {
  const { key, team, org } = caller
  if (width === 'gateway') return 'gateway:*'
  if (width === 'org' && org) return `org:${escaped(org)}`
  if ((width === 'org' || width === 'team') && team) return `team:${teamName(caller)}`
  if (width !== 'org' && width !== 'team' && width !== 'key') return undefined
  return team || org ? `key:${teamName(caller)}/${escaped(key)}` : `key:${escaped(key)}`
}

/**
 * Who shares answers with this caller: its team (or org, or everybody), and where it has none what is next inwards. Throws
 * `internal` for nobody.
 */
export const cacheScopeOf = (caller: Caller, width: ScopeWidth): CacheScope => {
  const scope = caller.key ? scopeText(caller, width) : undefined
  if (scope === undefined) throw new GatewayError('internal', 'Answers cannot be kept for nobody.')
  return scope as CacheScope
}

/** Everything beside the request by which two who ask may get different answers. Conditions can read no more than this. */
const writeAsker = (call: Call, { scope, route, normalize }: FingerprintOptions, into: CanonicalText): void => {
  const { caller, request, providerKey, noFallback, conforms } = call
  into.string(cacheScopeOf(caller, scope))
  into.string(route.name)
  into.string(route.identity)
  into.value(normalize)
  into.value(noFallback)
  into.value(conforms === true)
  into.value(caller.models && [...new Set(caller.models)].sort())
  into.value(providerKey && [providerKey.provider, providerKey.key])
  if (!route.readsCaller) {
    into.value(undefined)
    return
  }
  const { key, team, user, org, endUser, tags } = caller
  into.value({ key, team, user, org, endUser, tags, metadata: request.chat.metadata, stream: request.stream })
}

type Purpose = 'question' | 'frame' | 'item'

const begin = (purpose: Purpose, call: Call, options: FingerprintOptions): CanonicalText => {
  const into = new CanonicalText()
  into.value(version)
  into.string(purpose)
  writeAsker(call, options, into)
  return into
}

const asSaid = (said: string): string => said

/** What is passed on without being read; a body that can be sent only once is like no other. */
const writeRaw = ({ id, request: { raw } }: Call, into: CanonicalText): void => {
  if (!raw) return
  const { method, path, headers, body } = raw
  // A hash holds no space.
  const content = body instanceof Uint8Array ? hash('sha256', body, 'base64url') : body && `${id} ?`
  into.value({ method, path, headers, content })
}

/**
 * What makes this call the same as another one: all of it but the end user, the caller's own notes, marks for a provider's
 * prompt cache, and whether it streams. What conditions of the route can read is in it too, save the time of day: what was
 * answered in one shift may be given in the next for as long as it is kept.
 */
export const identityOf = (call: Call, options: FingerprintOptions): Identity => {
  const into = begin('question', call, options)
  writeRequest(call.request, into, options.normalize ? fold : asSaid)
  writeRaw(call, into)
  const scope = cacheScopeOf(call.caller, options.scope)
  return { scope, model: options.route.name, key: keyedHash(options.secret, into.toString()) }
}

/** What this call has in common with questions that may say the same in other words; undefined: it is never compared. */
export const likenessOf = (call: Call, options: FingerprintOptions): Likeness | undefined => {
  const { request } = call
  const text = wordsToCompare(request)
  if (text === undefined) return undefined
  const into = begin('frame', call, options)
  writeRequest(withoutLastWords(request), into, asSaid)
  return { frame: keyedHash(options.secret, into.toString()), text }
}

const withoutLastWords = (request: Request): Request => {
  const { chat } = request
  const messages = chat.messages.map((message, at) =>
    at === chat.messages.length - 1 ? { ...message, parts: [] } : message,
  )
  return { ...request, chat: { ...chat, messages } }
}

/**
 * What makes each input of an embeddings call the same as another one, in order, whatever else is asked beside it and
 * however vectors are to be written; undefined: they cannot be told apart from their call.
 */
export const itemKeysOf = (call: Call, options: FingerprintOptions): readonly string[] | undefined => {
  const { request } = call
  const { operation, embed } = request
  if (operation !== 'embed' || !embed || isOfItsWireAlone(request)) return undefined
  const into = begin('item', call, options)
  writeRequest({ ...request, embed: { ...embed, inputs: [], encoding: undefined } }, into, asSaid)
  const common = keyedHash(options.secret, into.toString())
  return embed.inputs.map((input) => {
    const item = new CanonicalText()
    item.string(common)
    writeInput(input, item, options.normalize ? fold : asSaid)
    return keyedHash(options.secret, item.toString())
  })
}
