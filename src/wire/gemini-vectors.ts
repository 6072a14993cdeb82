import type { Request } from '../core/request.ts'
import { errorIn, readErrorChunk } from './gemini/errors.ts'
import { gemini } from './gemini/index.ts'
import { batchEmbedContentsWire, embedContentWire, type GoogleWords } from './gemini-embeddings/index.ts'
import type { Wire } from './wire.ts'

const { counting: _counting, ...shared } = gemini

const words: GoogleWords = {
  ...shared,
  failureIn: (body) => {
    const error = errorIn(body)
    return error && readErrorChunk(error)
  },
}

/** Gemini's `embedContent`: one vector. Errors and headers are those of its language of conversations. */
export const geminiEmbedContent: Wire = embedContentWire(words)

/** Gemini's `batchEmbedContents`: a vector for each of several requests. */
export const geminiBatchEmbedContents: Wire = batchEmbedContentsWire(words)

/** In which of the two a request for vectors is sent: as it was asked, else as there is one thing or several. */
export const geminiVectorsFor = ({ wire, embed }: Request): Wire => {
  if (wire === geminiBatchEmbedContents.name) return geminiBatchEmbedContents
  return embed?.inputs.length === 1 ? geminiEmbedContent : geminiBatchEmbedContents
}
