/** Letters to add, drop, change or swap to make one word of another. */
const distance = (from: string, to: string): number => {
  let before: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line++) {
    const next = [line]
    for (let column = 1; column <= to.length; column++) {
      const same = from[line - 1] === to[column - 1]
      const swapped = line > 1 && column > 1 && from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1]
      const changed = (row[column - 1] as number) + (same ? 0 : 1)
      const least = Math.min(changed, (row[column] as number) + 1, (next[column - 1] as number) + 1)
      next.push(swapped ? Math.min(least, (before[column - 2] as number) + 1) : least)
    }
    before = row
    row = next
  }
  return row[to.length] as number
}

const plain = (word: string): string => word.toLowerCase().replaceAll(/[_\-\s]/g, '')

const farBetween = (written: string, candidate: string): number => {
  const [short, long] = written.length < candidate.length ? [written, candidate] : [candidate, written]
  return short.length >= 4 && long.startsWith(short) ? 1 : distance(written, candidate)
}

/** The known word that was probably meant, or undefined when none is near; `base_url` is no different from `baseUrl`. */
export const nearest = (word: string, known: Iterable<string>): string | undefined => {
  if (word.length > 100) return undefined
  const written = plain(word)
  let best: string | undefined
  let least = Math.max(1, Math.floor(written.length / 3)) + 1
  for (const candidate of known) {
    const far = farBetween(written, plain(candidate))
    if (far < least) {
      best = candidate
      least = far
    }
  }
  return best
}

/** What a complaint about an unknown word says next: the word that was probably meant, or all there are when few. */
export const hint = (word: string, known: Iterable<string>): string => {
  const words = [...known]
  const meant = nearest(word, words)
  if (meant !== undefined) return `; did you mean ${JSON.stringify(meant)}?`
  if (words.length === 0 || words.length > 16) return ''
  return `; known here: ${words.join(', ')}`
}
