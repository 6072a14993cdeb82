/** One word of a text, as it stands and as it is compared. */
export interface Word {
  /** As it was written. */
  readonly raw: string
  /** Small letters, one form of each letter. */
  readonly plain: string
  /** Without the endings that grammar asks for. */
  readonly stem: string
  /** Does a sentence begin with it? Its capital says nothing then. */
  readonly begins: boolean
}

const wordPattern =
  /\d+(?:,\d{2,3})+(?:\.\d+)?(?![\p{L}\p{N}])|[\p{L}\p{N}]+(?:['’_.@+-][\p{L}\p{N}]+)*[+#]*|[^\s\p{L}\p{N}\p{P}\p{Z}]/gu

/** At most so many words of a text are compared: what is longer is compared by its beginning and by its whole vector. */
const mostWords = 400

/** The words of a text, in order. */
export const wordsOf = (text: string): readonly Word[] => {
  const words: Word[] = []
  const whole = text.normalize('NFKC')
  let end = 0
  for (const match of whole.matchAll(wordPattern)) {
    const raw = match[0]
    const between = whole.slice(end, match.index)
    end = match.index + raw.length
    const plain = raw.toLowerCase().replaceAll('’', "'")
    words.push({ raw, plain, stem: stemOf(plain), begins: words.length === 0 || /[.?!:\n]/.test(between) })
    if (words.length === mostWords) break
  }
  return words
}

const shortForms = new Map(
  Object.entries({
    "can't": 'cannot',
    "won't": 'willnot',
    "i'm": 'i',
    "i've": 'i',
    "i'd": 'i',
    "i'll": 'i',
    men: 'man',
    women: 'woman',
    people: 'person',
    children: 'child',
    feet: 'foot',
    went: 'go',
    gone: 'go',
    got: 'get',
    made: 'make',
    bought: 'buy',
    found: 'find',
    lost: 'lose',
    written: 'write',
    wrote: 'write',
    thought: 'think',
    taught: 'teach',
    better: 'good',
  }),
)

/** A word without the endings that English grammar asks for; other languages keep nearly all of theirs. */
export const stemOf = (plain: string): string => {
  const known = shortForms.get(plain)
  if (known !== undefined) return known
  let word = plain.endsWith("'s") ? plain.slice(0, -2) : plain
  if (word.length <= 3 || !/^[a-z]+$/.test(word)) return word
  if (word.endsWith('ies') && word.length > 4) word = `${word.slice(0, -3)}y`
  else if (/(?:ss|sh|ch|x|z)es$/.test(word)) word = word.slice(0, -2)
  else if (/[^sui]s$/.test(word)) word = word.slice(0, -1)
  if (word.length > 5 && word.endsWith('ing')) word = undoubled(word.slice(0, -3))
  else if (word.length > 4 && word.endsWith('ied')) word = `${word.slice(0, -3)}y`
  else if (word.length > 4 && word.endsWith('ed')) word = undoubled(word.slice(0, -2))
  if (word.length > 5 && word.endsWith('ly')) word = word.slice(0, -2)
  return word.length > 3 && word.endsWith('e') ? word.slice(0, -1) : word
}

const undoubled = (word: string): string =>
  /([bdgklmnprt])\1$/.test(word) && !/(?:ll|ss)$/.test(word) ? word.slice(0, -1) : word

const littleWords = new Set(
  `a an the is are was were be been being am do does did done have has had having of to in on at by for with from as and or but if
  so that this these those it its itself i me my mine myself you your yours yourself we our ours us he she they them their there here
  what which who whom whose when where why how can could will would shall should may might must ought not no nor some any each
  about into than then too very just also really actually exactly one ones get gets got getting please tell explain
  let make makes much many most more such like way ways thing things someone something anyone anything`.split(/\s+/),
)

/** Words that hold a sentence together and say little by themselves. */
export const isLittle = (plain: string): boolean => littleWords.has(plain)
