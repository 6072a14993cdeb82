import { sortedJson } from './sorted-json.ts'

/** What is said about letters and white space themselves is meant to the letter. */
const literal = new RegExp(
  [
    String.raw`\b(?:whitespace|spac(?:es?|ing)|newlines?|lines?|line ?breaks?|tabs?|indent\w*|columns?|verses?|poems?|haikus?`,
    String.raw`|stanzas?|characters?|letters?|glyphs?|ligatures?|unicode|utf|nfk?[cd]|(?:full|half)[- ]?width)\b|全角|半角|空白|改行`,
  ].join(''),
  'i',
)

/** Nothing but words, numbers and the points between them: no code, no markup, no quotation. */
const prose = /^[\p{L}\p{M}\p{Nd}\s.,!?;:'’()%&/…–—-]*$/u
const indented = /\n[^\S\n]+\S/
const comment = '//'

/**
 * The same letters in other widths, joined, or in their forms for the middle of a word. No signs, and none of the letters
 * that say more than their plain form: x² is not x2, and ℝ is not R.
 */
const otherForms = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\ufb00-\ufb06\ufb50-\ufbb1\ufe70-\ufefc]+/g

/** A line that was wrapped between two words; beside numbers and signs a new line may be what keeps them apart. */
const wrapped = /(?<=[\p{L}\p{M}.,!?;:)])\n(?=[\p{L}(])/gu

const asProse = (text: string): string =>
  text
    .replace(/\s*\n\s*/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .trim()
    .replace(wrapped, ' ')

/**
 * The text for which all texts stand that say the same: JSON is the same in any order of its keys, letters in any of their
 * forms, and prose with any white space. Digits, signs and capitals are as they were; code keeps its white space.
 */
export const fold = (text: string): string => {
  const sorted = sortedJson(text)
  if (sorted !== undefined) return sorted
  if (literal.test(text)) return text
  const same = text
    .replace(/\r\n?/g, '\n')
    .replace(otherForms, (letters) => letters.normalize('NFKC'))
    .normalize('NFC')
  return prose.test(same) && !indented.test(same) && !same.includes(comment) ? asProse(same) : same
}
