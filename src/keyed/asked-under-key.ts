import type { Call } from '../core/call.ts'
import { CanonicalText } from '../core/canonical-text.ts'
import { cacheScopeOf } from '../core/fingerprint.ts'
import type { JsonValue } from '../core/json.ts'
import { keyedHash } from '../core/keyed-hash.ts'

/** What a call with a key is known by. */
export interface AskedUnderKey {
  /** Names the key within its caller. */
  readonly name: string
  /** Everything that is asked, and how the answer is wanted. */
  readonly asked: string
  /** Whose key it is. */
  readonly owner: string
}

/** Changed whenever the same question is written in another way. */
const version = 1

/**
 * Names a call under its key. A key is of its virtual key alone: two callers that make up the same one do not meet. Whom
 * the caller asks for is part of the question, so that a key that two customers of one application have is refused, and
 * gives neither the answer of the other.
 */
export const askedUnderKey = ({ caller, request }: Call, key: string, secret: Uint8Array): AskedUnderKey => {
  const owner = cacheScopeOf(caller, 'key')
  const into = new CanonicalText()
  into.value(version)
  for (const name of [request.wire, request.operation, request.model]) into.string(name)
  into.value(request.stream)
  into.value(caller.user)
  into.value(caller.endUser)
  into.value(request.headers)
  into.value(request.body ?? ({ chat: request.chat, embed: request.embed } as unknown as JsonValue))
  return {
    name: keyedHash(secret, `idempotency key ${owner} ${key}`),
    asked: keyedHash(secret, into.toString()),
    owner,
  }
}
