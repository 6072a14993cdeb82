import { type ErrorCode, GatewayError } from '../../core/errors.ts'
import type { Outcome } from '../../core/outcome.ts'
import type { Said } from './upstream-words.ts'

interface Verdict {
  readonly code: ErrorCode
  readonly outcome: Outcome
  /** Our sentence; absent where the upstream's own words are passed on. */
  readonly sentence?: string
}

const auth: Verdict = {
  code: 'upstream_auth',
  outcome: 'auth',
  sentence: "The provider refused the gateway's credential; whoever runs the gateway must look after it.",
}
const quota: Verdict = {
  code: 'upstream_auth',
  outcome: 'quota',
  sentence: "The gateway's account at the provider has no credit left; whoever runs the gateway must look after it.",
}
const throttled: Verdict = {
  code: 'upstream_throttled',
  outcome: 'throttled',
  sentence: 'The provider limits its rate at the moment.',
}
const notFound: Verdict = {
  code: 'unknown_model',
  outcome: 'not_found',
  sentence: 'The provider does not know this model, or does not offer it to this account.',
}
const tooLarge: Verdict = {
  code: 'too_large',
  outcome: 'too_large',
  sentence: 'The request is larger than the provider takes.',
}
const overloaded: Verdict = { code: 'upstream_overloaded', outcome: 'server', sentence: 'The provider is overloaded.' }
const failed: Verdict = { code: 'upstream_failed', outcome: 'server', sentence: 'The provider failed.' }
const again: Verdict = { code: 'upstream_failed', outcome: 'lock', sentence: 'The provider asks for another try.' }
const strange: Verdict = {
  code: 'upstream_garbled',
  outcome: 'malformed',
  sentence: 'The provider answered with a status that is no answer.',
}
const context: Verdict = { code: 'upstream_rejected', outcome: 'context' }
const policy: Verdict = { code: 'upstream_rejected', outcome: 'policy' }
const rejected: Verdict = { code: 'upstream_rejected', outcome: 'caller' }

const quotaCodes = /\b(insufficient_quota|billing_\w+|insufficient_balance|insufficient_credits)\b/i
const quotaWords = /\b(billing|quota|credit balance|out of credits?|insufficient (balance|credits?|funds))\b/i
const modelCodes = /\bmodel_not_found\b/i
const rateWords = /rate.?limit|throttl|per (minute|hour|day)|please wait/i
const overloadWords = /overloaded|over capacity|no (available|healthy) (provider|upstream|worker)/i
const policyWords = new RegExp(
  [
    'content_filter',
    'content[_ ](policy|management policy)',
    'ResponsibleAIPolicyViolation',
    'moderation_blocked',
    '(bio|cyber)_policy',
    'policy_violation',
    'usage (polic|guideline)',
    'safety (system|polic)',
    'input was flagged',
    'invalid_prompt',
  ].join('|'),
  'i',
)

/** How providers say that a prompt is longer than their model reads. */
const contextWords = new RegExp(
  [
    'context[_ ](length|window|limit|size)',
    '(maximum|max)[_ ](context|prompt|input|allowed input|seq|model)[_ ]?(length|len)',
    '(prompt|input|request)( is| was)? too long',
    'too many (input |prompt )?tokens',
    'reduce the (length|number of tokens)',
    '(input length|token count) .{0,40}exceeds',
    'exceeded model token limit',
    'range of input length',
    'max_new_tokens. must be <=',
  ].join('|'),
  'i',
)

interface Evidence {
  /**
   * Type and code: the upstream's own labels. What decides about our account or key is read here alone, as messages
   * repeat what callers wrote.
   */
  readonly labels: string
  readonly text: string
}

const ofRejection = ({ labels, text }: Evidence): Verdict => {
  if (quotaCodes.test(labels)) return quota
  if (modelCodes.test(labels)) return notFound
  if (contextWords.test(text) && !rateWords.test(text)) return context
  return policyWords.test(text) ? policy : rejected
}

/** Providers also call a rate that refills by the minute a quota. */
const isUnpaid = ({ labels, text }: Evidence): boolean =>
  quotaCodes.test(labels) || (quotaWords.test(text) && !rateWords.test(text))

/**
 * A moderated question is the caller's: were it taken for a bad key, one caller could put the key out of use for all.
 */
const ofForbidden = ({ labels, text }: Evidence): Verdict =>
  policyWords.test(text) ? policy : quotaCodes.test(labels) ? quota : auth

const fixed: ReadonlyMap<number, Verdict> = new Map([
  [401, auth],
  [402, quota],
  [404, notFound],
  [408, again],
  [413, tooLarge],
  [425, again],
  [503, overloaded],
  [529, overloaded],
])

const verdictOn = (status: number, evidence: Evidence): Verdict => {
  const known = fixed.get(status)
  if (known) return known
  if (status === 403) return ofForbidden(evidence)
  if (status === 429) return isUnpaid(evidence) ? quota : throttled
  if (status >= 500) return overloadWords.test(evidence.text) ? overloaded : failed
  if (status >= 400) return ofRejection(evidence)
  // A redirect is never followed: it would carry the key to another place.
  return status >= 300 ? failed : strange
}

/**
 * The error that an upstream's words amount to. What it says of our credential, account or organization is not
 * repeated.
 */
export const classify = (status: number, said: Said): GatewayError => {
  const labels = `${said.type ?? ''} ${said.code ?? ''}`
  const { code, outcome, sentence } = verdictOn(status, { labels, text: said.evidence })
  if (sentence !== undefined) return new GatewayError(code, sentence, { outcome })
  const message = said.message || 'The provider rejected the request without saying why.'
  const upstream = { status, message, type: said.type, code: said.code, param: said.param }
  return new GatewayError(code, message, { outcome, param: said.param, upstream })
}
