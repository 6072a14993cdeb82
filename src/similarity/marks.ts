import { isLittle, type Word, wordsOf } from './words.ts'

/** What must be the same in two texts to the letter. */
export interface Marks {
  /** Numbers, with the unit behind them where there is one. */
  readonly numbers: ReadonlySet<string>
  /** Addresses, code, file names, identifiers. */
  readonly codes: ReadonlySet<string>
  /** What stands in quotation marks. */
  readonly quotes: readonly string[]
  /** How often it says no. */
  readonly negations: number
}

const numberWords = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve'.split(' ').map((word, value) => [word, value]),
)
const scales = new Map([
  ['hundred', 'e2'],
  ['thousand', 'e3'],
  ['k', 'e3'],
  ['lakh', 'e5'],
  ['lac', 'e5'],
  ['million', 'e6'],
  ['m', 'e6'],
  ['crore', 'e7'],
  ['billion', 'e9'],
  ['bn', 'e9'],
])
const units = new Map(
  `mm cm m km mg g kg ml l s ms h kb mb gb tb px pt hz khz mhz ghz v kv w kw mw a b
  mile foot feet ft inch yard pound lb lbs ounce oz gallon liter litre meter metre kilometer kilometre gram kilogram ton
  second sec minute min hour hr day week month year decade century percent % dollar usd eur euro rupee inr gbp yen bitcoin
  degree celsius fahrenheit kelvin c f bit byte calorie volt watt amp`
    .split(/\s+/)
    .map((unit) => [unit, unit] as const),
)
for (const [unit, name] of [
  ['feet', 'foot'],
  ['ft', 'foot'],
  ['lbs', 'pound'],
  ['lb', 'pound'],
  ['sec', 'second'],
  ['hr', 'hour'],
  ['liter', 'litre'],
  ['meter', 'metre'],
  ['%', 'percent'],
  ['usd', 'dollar'],
  ['inr', 'rupee'],
  ['rs', 'rupee'],
  ['₹', 'rupee'],
  ['$', 'dollar'],
  ['€', 'euro'],
  ['eur', 'euro'],
  ['£', 'gbp'],
] as const)
  units.set(unit, name)

const currencies = new Set(['$', '€', '£', '₹', 'rs', 'inr', 'usd', 'eur'])

/** A unit or a currency: it belongs to its number. */
export const isUnit = (plain: string): boolean => units.has(plain)

const numeral = /^[+-]?\d[\d,]*(?:\.\d+)?$/
const glued = /^(\d[\d,]*(?:\.\d+)?)(%|[a-z]{1,3})$/
const ordinal = /^(\d+)(?:st|nd|rd|th)$/

/** The numbers of a text; words for small ones count where a unit follows, since `one` says many things. */
const numbersOf = (words: readonly Word[], text: string): Set<string> => {
  const found = new Set<string>()
  words.forEach(({ plain }, index) => {
    const next = words[index + 1]
    const money = currencies.has(words[index - 1]?.plain ?? '') ? behind(words[index - 1]) : ''
    const glue = glued.exec(plain)
    if (numeral.test(plain)) found.add(`${bare(plain)}${money || behind(next)}`)
    else if (glue) found.add(`${bare(glue[1] ?? '')}${scales.get(glue[2] ?? '') ?? unitOf(glue[2] ?? '')}`)
    else if (ordinal.test(plain)) found.add(`${plain.replace(/\D+/g, '')}.`)
    else if (numberWords.has(plain) && (plain !== 'one' || behind(next) !== ''))
      found.add(`${numberWords.get(plain)}${behind(next)}`)
  })
  for (const sign of text.matchAll(/[-−](\d+(?:\.\d+)?)/g)) if (isSign(text, sign.index)) found.add(`-${sign[1]}`)
  return found
}

/** A minus that is none between two numbers or letters. */
const isSign = (text: string, at: number): boolean => at === 0 || /[\s(=,]/.test(text[at - 1] ?? '')

const bare = (numeralText: string): string => String(Number(numeralText.replaceAll(',', '')))
const unitOf = (word: string): string => {
  const known = units.get(word) ?? units.get(word.replace(/s$/, ''))
  return known === undefined ? ` ${word}` : ` ${known}`
}
const behind = (next: Word | undefined): string => {
  if (next === undefined) return ''
  const scale = scales.get(next.plain)
  if (scale !== undefined) return scale
  const known = units.get(next.plain) ?? units.get(next.plain.replace(/s$/, ''))
  return known === undefined ? '' : ` ${known}`
}

const address =
  /\b(?:https?:\/\/|www\.)\S+|\b[\w.+-]+@[\w-]+\.[\w.]+|\b[\w-]+\.(?:com|org|net|io|dev|ai|edu|gov|in|co)\b(?:\/\S*)?/giu
const fenced = /`([^`]+)`/g
const path = /(?:^|\s)((?:~|\.{1,2})?\/[\w./-]+|[A-Z]:\\\S+)/g
/** Words that only code has: underscores, inner capitals, dots and colons between letters, brackets behind, flags, mixed digits. */
const identifier =
  /(?:^|[\s("'`,;:])(--?[a-z][\w-]+|\w+(?:_\w+)+|\w*[a-z]\w*[A-Z]\w*|\w+(?:(?:\.|::|->)\w+)*\(\)?|[A-Za-z]\w+(?:\.[A-Za-z]\w+)+|(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z]\w*|[A-Z][A-Z0-9]+(?:-[A-Z0-9]+)*)/g
const sign = /[=<>≤≥≠±×÷√∞∑∫^{}\\]|\b\w\s*[+*/]\s*\w\b/g

const codesOf = (text: string): Set<string> => {
  const found = new Set<string>()
  for (const pattern of [address, fenced, path, identifier])
    for (const match of text.matchAll(pattern)) {
      const code = (match[1] ?? match[0]).replace(/[().,;:?!'"`]+$/, '').toLowerCase()
      if (code.length > 1 && !units.has(code) && !/^[a-z]+'[a-z]+$/.test(code)) found.add(code)
    }
  for (const match of text.matchAll(sign)) found.add(match[0].replaceAll(' ', ''))
  return found
}

const quotation = /"+([^"]{2,}?)"+|[“”]([^“”]{2,})[“”]|(?:^|\s)'([^']* [^']*)'(?=[\s.,?!;:]|$)|«([^»]{2,})»/gu

const quotesOf = (text: string): string[] =>
  [...text.matchAll(quotation)].map((found) => stemsOf(wordsOf(found.slice(1).join(''))))

/** The stems of words, with single spaces between them. */
export const stemsOf = (words: readonly Word[]): string => words.map(({ stem }) => stem).join(' ')

const no =
  /^(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|except|unless|hardly|instead|lack|avoid|fail|stop)$/
const idle = /\b(?:or|and) (?:why )?not\b|\bwhy not\b|\bnot only\b|\bno matter\b/gi

/** How often it says no: an even number of times is not the contrary of another, but must be the same all the same. */
const negationsOf = (words: readonly Word[], text: string): number => {
  let count = 0
  for (const { plain } of words) if (no.test(plain) || /n't$/.test(plain)) count++
  return count - (text.match(idle)?.length ?? 0)
}

export const marksOf = (text: string, words: readonly Word[]): Marks => ({
  numbers: numbersOf(words, text),
  codes: codesOf(text),
  quotes: quotesOf(text),
  negations: negationsOf(words, text),
})

/** The words that say something. */
export const weighty = (words: readonly Word[]): readonly Word[] => words.filter(({ plain }) => !isLittle(plain))
