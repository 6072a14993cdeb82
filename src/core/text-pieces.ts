/** Characters of one kind without a break, at most: byte-pair encoding takes time by the square of such a run. */
const mostRun = 256
/** About as many characters as are counted between two turns of the event loop. */
const sliceLength = 32_768
/** How far after that a place is looked for where a cut changes nothing. */
const searchLength = 4_096

const unbroken = /\S{257,}|\s{257,}/g
const alike = /[\p{L}\p{M}]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]+|\s+/gu

/** Half of a character that takes two: cutting there would make two broken ones of it. */
const isSecondHalf = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00

/** Where to cut inside runs that are too long, relative to the text. */
const cutsOf = (text: string): number[] => {
  const cuts: number[] = []
  if (text.length <= mostRun) return cuts
  for (const run of text.matchAll(unbroken)) {
    for (const part of run[0].matchAll(alike)) {
      const start = run.index + part.index
      const end = start + part[0].length
      for (let at = start + mostRun; at < end; at += mostRun) cuts.push(isSecondHalf(text, at) ? at - 1 : at)
    }
  }
  return cuts
}

/** The end of a slice: a space between two words if one is near, since a tokenizer breaks there anyway. */
const endOfSlice = (text: string, from: number): number => {
  const wanted = from + sliceLength
  if (wanted >= text.length) return text.length
  for (let at = wanted; at < Math.min(wanted + searchLength, text.length - 1); at++) {
    if (text.charCodeAt(at) === 0x20 && isLetter(text, at - 1) && isLetter(text, at + 1)) return at
  }
  return isSecondHalf(text, wanted) ? wanted - 1 : wanted
}

const isLetter = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at) | 0x20
  return code >= 0x61 && code <= 0x7a
}

/**
 * A text in pieces that a tokenizer counts quickly. Their token counts add up to that of the text, save one token or so
 * for every 256 characters of a run of letters, of signs or of spaces that is longer than that.
 */
export function* piecesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = endOfSlice(text, from)
    const slice = text.slice(from, end)
    let begun = 0
    for (const cut of cutsOf(slice)) {
      yield slice.slice(begun, cut)
      begun = cut
    }
    yield slice.slice(begun)
    from = end
  }
}
