import { setImmediate as nextTurn } from 'node:timers/promises'
import { weigh } from './chat-weight.ts'
import { estimateInputs } from './embed.ts'
import type { Chat, Request } from './request.ts'
import { piecesOf } from './text-pieces.ts'

interface Tokenizer {
  count(text: string): number
  encode(text: string): readonly number[]
  decode(tokens: Iterable<number>): Iterable<string>
}

/** What looks like a control token in somebody's text is text: without this the tokenizer throws. */
const asText = { disallowedSpecial: new Set<string>() }
/** Words whose tokens are remembered; the tokenizer's own default of 100,000 may hold tens of megabytes. */
const mostRemembered = 10_000
/** Characters that are counted before others get their turn: about 10 ms. */
const mostAtOnce = 65_536

let loading: Promise<Tokenizer> | undefined

/** Its vocabulary takes a tenth of a second and 30 MB to load, so only who counts pays for it. */
const load = async (): Promise<Tokenizer> => {
  const { countTokens, decodeGenerator, encode, setMergeCacheSize } = await import('gpt-tokenizer/encoding/o200k_base')
  setMergeCacheSize(mostRemembered)
  return {
    count: (text) => countTokens(text, asText),
    encode: (text) => encode(text, asText),
    decode: decodeGenerator,
  }
}

const tokenizer = (): Promise<Tokenizer> => {
  loading ??= load()
  return loading
}

const countAll = async (texts: Iterable<string>): Promise<number> => {
  const { count } = await tokenizer()
  let tokens = 0
  let sinceTurn = 0
  for (const text of texts) {
    for (const piece of piecesOf(text)) {
      if (sinceTurn > mostAtOnce) {
        await nextTurn()
        sinceTurn = 0
      }
      tokens += count(piece)
      sinceTurn += piece.length
    }
  }
  return tokens
}

/**
 * Tokens of a text in `o200k_base`, the vocabulary of OpenAI's models since GPT-4o. Exact, save that runs of more than
 * 256 letters, signs or spaces are counted in pieces. Long texts are counted in turns, so that nobody else waits.
 */
export const countTokens = (text: string): Promise<number> => countAll([text])

/**
 * The text of each token; joined they are the text. A character made of several tokens stands with the last of them. `count`: tokens,
 * as `countTokens` has it.
 */
export const splitTokens = async (text: string): Promise<{ readonly tokens: string[]; readonly count: number }> => {
  const { encode, decode } = await tokenizer()
  const tokens: string[] = []
  let count = 0
  for (const piece of piecesOf(text)) {
    const encoded = encode(piece)
    count += encoded.length
    for (const token of decode(encoded)) if (token !== '') tokens.push(token)
  }
  return { tokens, count }
}

/**
 * Tokens of a whole request. Text, names, arguments and schemas are counted exactly; a message counts 4 more, a tool 8,
 * the beginning of the answer 3; an image 765, or 85 in low detail; sound 10 a second; a document one for every 25
 * bytes. Providers have rules of their own for what is no text: there it is an estimate.
 */
export const countChat = async (chat: Chat): Promise<number> => {
  const { texts, tokens } = weigh(chat)
  return tokens + (await countAll(texts))
}

/** Prose has 4 to 4.6 bytes to a token, code and JSON 3 to 3.5. */
const bytesPerToken = 3.5

/** About how many tokens a request has, by its bytes and the rules of `countChat`: microseconds instead of milliseconds. */
export const estimateTokens = (chat: Chat): number => {
  const { texts, tokens } = weigh(chat)
  let bytes = 0
  for (const text of texts) bytes += Buffer.byteLength(text)
  return tokens + Math.ceil(bytes / bytesPerToken)
}

/** About how many tokens a request has whatever it asks for; nothing is known of what is passed on unread. */
export const estimateInput = ({ chat, embed, raw }: Request): number => {
  if (embed) return estimateInputs(embed)
  return raw ? 0 : estimateTokens(chat)
}
