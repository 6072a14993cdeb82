import type { Delta } from '../../core/delta.ts'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { readDataUrl } from '../openai/sources.ts'
import { readAnnotation } from './annotations.ts'
import type { Blocks } from './blocks.ts'
import { wireName } from './name.ts'
import { readDetail } from './reasoning.ts'
import { readFunctionCall, readToolCalls } from './tool-calls.ts'

const pushText = (text: JsonValue | undefined, blocks: Blocks, deltas: Delta[]): void => {
  if (typeof text === 'string' && text !== '') {
    deltas.push({ kind: 'text', choice: blocks.choice, block: blocks.text(), text })
  }
}

const pushReasoning = (text: JsonValue | undefined, blocks: Blocks, deltas: Delta[]): void => {
  if (typeof text !== 'string' || text === '') return
  const block = blocks.reasoning(wireName, false)
  deltas.push({ kind: 'reasoning', choice: blocks.choice, block, text, origin: wireName })
}

/** Mistral says content as parts, thinking among them. */
const readParts = (parts: readonly JsonValue[], blocks: Blocks, deltas: Delta[]): void => {
  for (const part of parts) {
    if (!isObject(part)) continue
    if (part.type === 'text') pushText(part.text, blocks, deltas)
    else if (part.type === 'thinking' && Array.isArray(part.thinking)) {
      for (const thought of part.thinking) if (isObject(thought)) pushReasoning(thought.text, blocks, deltas)
    }
  }
}

const readDetails = (details: readonly JsonValue[], blocks: Blocks, deltas: Delta[]): void => {
  for (const entry of details) {
    if (!isObject(entry)) continue
    const { text, signature, redacted, origin } = readDetail(entry)
    if (text === '' && signature === undefined && redacted === undefined) continue
    const other = blocks.detailIndex !== undefined && blocks.detailIndex !== entry.index
    blocks.detailIndex = entry.index
    const block = blocks.reasoning(origin, other || redacted !== undefined)
    deltas.push({ kind: 'reasoning', choice: blocks.choice, block, text, signature, redacted, origin })
  }
}

const readRefusal = (text: JsonValue, blocks: Blocks, deltas: Delta[]): void => {
  if (typeof text === 'string' && text !== '') {
    deltas.push({ kind: 'refusal', choice: blocks.choice, block: blocks.refusal(), text })
  }
}

const readAudio = (audio: JsonValue, blocks: Blocks, deltas: Delta[]): void => {
  if (!isObject(audio)) return
  const { id, data, transcript, expires_at } = audio
  deltas.push({
    kind: 'media',
    choice: blocks.choice,
    block: blocks.media(),
    // The answer does not name its format: it is the one that was asked for.
    mediaType: 'audio/*',
    data: typeof data === 'string' ? data : '',
    id: typeof id === 'string' ? id : undefined,
    transcript: typeof transcript === 'string' ? transcript : undefined,
    expiresAt: typeof expires_at === 'number' ? expires_at : undefined,
  })
}

/** Images that OpenRouter and others answer with, whole in `data:` addresses. */
const readImages = (images: JsonValue, blocks: Blocks, deltas: Delta[]): void => {
  if (!Array.isArray(images)) return
  for (const image of images) {
    const url = isObject(image) && isObject(image.image_url) ? image.image_url.url : undefined
    const given = typeof url === 'string' && url.startsWith('data:') ? readDataUrl(url) : undefined
    if (given) deltas.push({ kind: 'media', choice: blocks.choice, block: blocks.newMedia(), ...given })
  }
}

const readAnnotations = (annotations: JsonValue, blocks: Blocks, deltas: Delta[]): void => {
  if (!Array.isArray(annotations)) return
  for (const annotation of annotations) {
    if (isObject(annotation)) deltas.push(readAnnotation(annotation, blocks.choice, blocks.cited()))
  }
}

/** Reads what a chunk's `delta` or a whole `message` says; pieces and wholes differ only in size. */
export const readMessage = (message: JsonObject, blocks: Blocks, deltas: Delta[]): void => {
  const details = message.reasoning_details
  // Where details come, plain text beside them says the same again.
  if (Array.isArray(details) && details.length > 0) readDetails(details, blocks, deltas)
  else pushReasoning(message.reasoning_content || message.reasoning, blocks, deltas)
  const { content } = message
  if (typeof content === 'string') pushText(content, blocks, deltas)
  else if (Array.isArray(content)) readParts(content, blocks, deltas)
  if (message.refusal) readRefusal(message.refusal, blocks, deltas)
  if (message.audio) readAudio(message.audio, blocks, deltas)
  if (message.images) readImages(message.images, blocks, deltas)
  if (message.tool_calls) readToolCalls(message.tool_calls, blocks, deltas)
  if (message.function_call) readFunctionCall(message.function_call, blocks, deltas)
  if (message.annotations) readAnnotations(message.annotations, blocks, deltas)
}
