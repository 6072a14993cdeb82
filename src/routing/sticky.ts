import type { Call } from '../core/call.ts'
import type { Chat, Part } from '../core/request.ts'
import type { Policy } from './policy.ts'
import { hashOf, rendezvous } from './rendezvous.ts'

/** By what calls belong together. */
export const stickyKinds = ['session', 'endUser', 'user', 'key', 'prefix'] as const

export type StickyKind = (typeof stickyKinds)[number]

/** What is looked at unless the configuration says otherwise: the narrowest that is known. */
export const usualSticky: readonly StickyKind[] = ['session', 'endUser', 'user', 'key']

/** About as much as providers keep at least of a prompt: 1,024 tokens would be too much for most conversations. */
const prefixLength = 1_024

/**
 * Sends calls that belong together to the same target, by weight, and to the same one in every process. What they belong
 * together by is the first of these that a call has; a call that has none keeps the order. When targets come or go, only
 * the calls of those move. A target that another policy leaves out gives way to the next of each call, and gets its calls
 * back.
 */
export const createSticky =
  (by: readonly StickyKind[] = usualSticky): Policy =>
  (targets, call) => {
    if (targets.length < 2) return targets
    const key = belongingOf(call, by)
    return key === undefined ? targets : rendezvous(hashOf(key), targets)
  }

/** What a call belongs together with others by: the first of these that it has; undefined: it has none. */
export const belongingOf = (call: Call, by: readonly StickyKind[]): string | undefined => {
  for (const kind of by) {
    const key = readers[kind](call)
    if (key !== undefined) return key
  }
  return undefined
}

/** The kind stands before the name, or a user and a session of one name would be one. */
const readers: Readonly<Record<StickyKind, (call: Call) => string | undefined>> = {
  session: ({ caller }) => named('session', caller.session),
  endUser: ({ caller }) => named('endUser', caller.endUser),
  user: ({ caller }) => named('user', caller.user),
  key: ({ caller }) => named('key', caller.key),
  prefix: ({ request }) => named('prefix', request.chat.cacheKey ?? prefixOf(request.chat)),
}

const named = (kind: StickyKind, name: string | undefined): string | undefined =>
  name === undefined || name === '' ? undefined : `${kind}:${name}`

/** How a prompt begins, in the order in which providers remember it: tools, then what was said. */
const prefixOf = ({ tools, messages }: Chat): string | undefined => {
  let prefix = tools.map(({ name }) => name).join('\n')
  for (const message of messages) {
    for (const part of message.parts) {
      if (prefix.length >= prefixLength) return prefix.slice(0, prefixLength)
      prefix += `\n${message.role}:${textOf(part).slice(0, prefixLength)}`
    }
  }
  return prefix === '' ? undefined : prefix.slice(0, prefixLength)
}

const textOf = (part: Part): string => ('text' in part && part.text !== undefined ? part.text : part.kind)
