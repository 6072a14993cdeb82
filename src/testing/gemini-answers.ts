import { type AnsweredToolCall, type AnswerOptions, type AnswerUsage, usageFor, wordsOf } from './answer-options.ts'
import type { Step } from './step.ts'

const headers = { 'server-timing': 'gfet4t7; dur=187', 'x-gemini-service-tier': 'standard', vary: 'Origin' }

type Fields = Readonly<Record<string, unknown>>

/** What a ready-made answer of Gemini is made of, beside its parts. */
export interface GeminiOptions extends AnswerOptions {
  /** Beside the content of the last piece, such as `groundingMetadata`. */
  readonly candidate?: Fields | undefined
  /** Usage in Google's own words, in place of `usage`. */
  readonly usageMetadata?: Fields | undefined
}

const usageOf = ({ input, output, cached = 0, reasoning = 0 }: AnswerUsage): Fields => ({
  promptTokenCount: input,
  candidatesTokenCount: output - reasoning,
  totalTokenCount: input + output,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
  ...(cached > 0 && { cachedContentTokenCount: cached }),
  ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
})

const base = (options: GeminiOptions): Fields => ({
  modelVersion: options.model ?? 'gemini-3.6-flash',
  responseId: 'mfYkafLiC5bPmtkPopiByA4',
})

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\r\n\r\n`

/** An answer of these parts: a stream tells one in each piece, and the reason of its end with the last. */
export const geminiParts = (parts: readonly Fields[], options: GeminiOptions = {}): Step => {
  const told = usageFor(options, parts.length)
  const usage = options.usageMetadata ?? (told && usageOf(told))
  const ending = { finishReason: options.finish ?? 'STOP', index: 0, ...options.candidate }
  const piece = (given: readonly Fields[], more: Fields) => ({
    candidates: [{ content: { parts: given, role: 'model' }, ...more }],
    ...(usage && { usageMetadata: usage }),
    ...base(options),
  })
  if (!options.stream) return { headers, body: JSON.stringify(piece(parts, ending), null, 2) }
  const last = parts.length - 1
  return { headers, events: parts.map((part, at) => event(piece([part], at === last ? ending : { index: 0 }))) }
}

/** An answer of Gemini that says a text. */
export const geminiText = (text: string, options: GeminiOptions = {}): Step =>
  geminiParts(options.stream ? wordsOf(text).map((word) => ({ text: word })) : [{ text }], options)

/** The signature with which a ready-made answer proves its calls. */
export const geminiSignature = 'CiQB0e2Kb1Zk8rM4xJvQwL7nHsYcTpUaEoGdXi2fBq9mRt0yVhSz'

/** An answer of Gemini that calls functions, the first of which is signed. */
export const geminiToolCalls = (calls: readonly AnsweredToolCall[], options: GeminiOptions = {}): Step =>
  geminiParts(
    calls.map(({ id, name, arguments: text }, index) => ({
      functionCall: { ...(id !== undefined && { id }), name, args: JSON.parse(text) },
      ...(index === 0 && { thoughtSignature: geminiSignature }),
    })),
    options,
  )

/** An error answer of Google, such as `geminiError(429, 'RESOURCE_EXHAUSTED', '…', [retryInfo])`. */
export const geminiError = (status: number, word: string, message: string, details: readonly Fields[] = []): Step => ({
  status,
  body: JSON.stringify(
    { error: { code: status, message, status: word, ...(details.length > 0 && { details }) } },
    null,
    2,
  ),
})

/** An event in which Google says, in the middle of a stream, that it failed. */
export const geminiErrorEvent = (code: number, word: string, message: string): string =>
  event({ error: { code, message, status: word } })
