/** Most characters of one text that are kept. */
export const redactedLimit = 4_000

/** What stands in place of a secret. */
export const mask = '[redacted]'

/** Masking a shorter value would tear innocent words apart, and it would not keep such a secret either. */
const shortestSecret = 4

/** What keys of well-known providers look like, and whatever follows the name of an authentication scheme. */
const patterns = [
  // OpenAI, Anthropic, OpenRouter, DeepSeek and most compatible providers; our own virtual keys too.
  String.raw`sk-[\w-]{12,}`,
  String.raw`AIza[\w-]{20,}`,
  String.raw`AQ\.[\w-]{20,}`,
  String.raw`(?:gsk|hf|fw|tgp|r8|ghp|gho|ghs|github_pat)_\w{16,}`,
  String.raw`(?:xai|pplx|nvapi|csk)-[\w-]{16,}`,
  // AWS access key ids.
  '(?:AKIA|ASIA)[A-Z0-9]{12,}',
  // JSON Web Tokens, which every OAuth-speaking cloud hands out.
  String.raw`eyJ[\w-]{10,}\.[\w-]{4,}(?:\.[\w-]*)?`,
  String.raw`ya29\.[\w-]{16,}`,
  String.raw`(?:[Bb]earer|BEARER|[Bb]asic)[ \t]{1,4}[\w.~+/=:-]{8,}`,
]

const controls = String.raw`[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]`

/**
 * A function that makes a text fit for logs: registered secret values (also percent-encoded, or escaped as in JSON) and
 * whatever looks like a provider's key become `[redacted]`, control characters and those that reorder text are written
 * as `\uXXXX`, and all beyond 4,000 characters is cut. Secrets shorter than 4 characters are not looked for. Takes time
 * linear in the text, at most 4,000 characters plus the longest secret.
 */
export const createRedactor = (secrets: readonly string[]): Redact => redactorOf(secrets, `|${controls}`)

/** The same for what is shown to callers inside JSON: secrets are masked, line breaks and other characters stay. */
export const createMask = (secrets: readonly string[]): Redact => redactorOf(secrets, '')

type Redact = (text: string) => string

const redactorOf = (secrets: readonly string[], others: string): Redact => {
  const { source, margin } = secretPattern(secrets)
  const pattern = new RegExp(`(${source})${others}`, 'g')
  return (text) => {
    const seen = text.length > redactedLimit ? text.slice(0, redactedLimit + margin) : text
    return cut(seen, pattern)
  }
}

/**
 * What secrets look like, for a regular expression, and how many characters of a text must be seen at once so that none is
 * left by halves. Its time may grow with the square of the text.
 */
export const secretPattern = (secrets: readonly string[]): { readonly source: string; readonly margin: number } => {
  const values = spellings(secrets)
  const alternatives = [...values.map(escapeForPattern), `(?<![A-Za-z0-9])(?:${patterns.join('|')})`]
  return {
    source: alternatives.join('|'),
    // What begins before the cut is seen whole.
    margin: values.reduce((longest, value) => Math.max(longest, value.length), 512),
  }
}

/** Every way a secret may be written, longest first, so that a secret is not masked by its beginning alone. */
const spellings = (secrets: readonly string[]): string[] => {
  const values = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue
    values.add(secret)
    values.add(encodeURIComponent(secret.toWellFormed()))
    values.add(JSON.stringify(secret).slice(1, -1))
  }
  return [...values].sort((one, other) => other.length - one.length)
}

const escapeForPattern = (value: string): string => value.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

const cut = (text: string, pattern: RegExp): string => {
  let kept = ''
  let from = 0
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match.index >= redactedLimit) break
    kept += text.slice(from, match.index) + (match[1] === undefined ? escapeControl(match[0]) : mask)
    from = pattern.lastIndex
  }
  if (from === 0 && text.length <= redactedLimit) return text
  kept += text.slice(from, Math.max(from, redactedLimit))
  return text.length > redactedLimit || kept.length > redactedLimit ? `${kept.slice(0, redactedLimit - 1)}…` : kept
}

const escapeControl = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
