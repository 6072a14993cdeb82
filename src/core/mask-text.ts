import { mask, secretPattern } from './redact.ts'

/** So many characters are looked at together. */
const stretch = 1_000

/** No text is worth more of everybody's time. An ordinary one of a megabyte takes a tenth of it. */
const mostMs = 50

/** What a secret that was begun goes on with. */
const more = /[\w.~+/=-]+/y

/**
 * A function that masks secrets in texts of any length, and leaves everything else as it is. Texts are looked at in
 * stretches that overlap, so that its time grows with their length alone, whatever is in them. What is made to take long
 * is given up after 50 ms: the rest of it is masked whole.
 */
export const createTextMask = (secrets: readonly string[]): ((text: string) => string) => {
  const { source, margin } = secretPattern(secrets)
  const pattern = new RegExp(source, 'g')
  return (text) => {
    let kept = ''
    // Everything before `from` is in `kept`; everything before `at` was looked at.
    let from = 0
    const until = performance.now() + mostMs
    for (let at = 0; at < text.length; ) {
      if (performance.now() > until) return kept + text.slice(from, at) + mask
      // One character more, as a secret does not begin within a word.
      const begin = Math.max(0, at - 1)
      const seen = text.slice(begin, at + stretch + margin)
      pattern.lastIndex = at - begin
      const match = pattern.exec(seen)
      if (match === null || match.index >= at - begin + stretch) {
        at += stretch
        continue
      }
      kept += text.slice(from, begin + match.index) + mask
      at = begin + match.index + match[0].length
      // It may be longer than what was seen of it.
      if (pattern.lastIndex === seen.length) at = endOf(text, at)
      from = at
    }
    return from === 0 ? text : kept + text.slice(from)
  }
}

const endOf = (text: string, at: number): number => {
  more.lastIndex = at
  return at + (more.exec(text)?.[0].length ?? 0)
}
