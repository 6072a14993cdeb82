/** What does a piece of a stream cost when it comes in one language and goes out in another, for each pair of them? */
import type { Reader } from '../src/core/chunk.ts'
import type { Delta } from '../src/core/delta.ts'
import type { Request } from '../src/core/request.ts'
import { anthropicMessages } from '../src/wire/anthropic-messages/index.ts'
import { bedrockConverse } from '../src/wire/bedrock-converse/index.ts'
import { gemini } from '../src/wire/gemini/index.ts'
import { openaiChat } from '../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../src/wire/openai-responses/index.ts'
import type { Wire, Writer } from '../src/wire/wire.ts'
import type { Measurement } from './rig/rig.ts'

const wires: readonly Wire[] = [openaiChat, openaiResponses, anthropicMessages, gemini, bedrockConverse]

const request: Request = {
  operation: 'chat',
  wire: 'none',
  model: 'm',
  stream: true,
  wantsUsage: true,
  body: undefined,
  chat: { messages: [], tools: [], stop: [] },
  untranslatable: [],
}

/** After so many pieces an answer ends, and the next one has its own reader and writer. */
const piecesPerAnswer = 500
const answersPerSample = 100
const samples = 5

const beginning: Delta = { kind: 'start', id: 'answer-1', model: 'm' }
const piece: Delta = { kind: 'text', choice: 0, block: 0, text: 'morning ' }

/** A beginning, and a piece that follows another, as an upstream sends them in this language. */
const bytesOf = (wire: Wire): { readonly first: Buffer; readonly next: Buffer } => {
  const writer = wire.writer('events', request)
  const encode = (text: string): Buffer => Buffer.from(text, wire.framing.encoding)
  const first = encode(writer.write(beginning) + writer.write(piece))
  return { first, next: encode(writer.write(piece)) }
}

const say = (reader: Reader, writer: Writer, bytes: Buffer): void => {
  for (const delta of reader(bytes)) writer.write(delta)
}

/** CPU microseconds for one piece: split, looked at, read and written. */
const costOf = (from: Wire, to: Wire): number => {
  const { first, next } = bytesOf(from)
  const before = process.cpuUsage()
  for (let answer = 0; answer < answersPerSample; answer++) {
    const splitter = from.framing.splitter()
    const reader = from.reader('events')
    const writer = to.writer('events', request)
    say(reader, writer, first)
    for (let count = 0; count < piecesPerAnswer; count++) {
      const whole = splitter.push(next)
      if (!whole) throw new Error(`A piece of ${from.name} is no whole event.`)
      from.matters(whole)
      say(reader, writer, whole)
    }
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / (answersPerSample * piecesPerAnswer)
}

export const pairs: Measurement = async (rig) => {
  const rows = []
  for (const from of wires)
    for (const to of wires) {
      if (from === to) continue
      rig.say(`pairs: ${from.name} to ${to.name}`)
      costOf(from, to)
      const tollgate = Array.from({ length: samples }, () => costOf(from, to))
      rows.push({
        measure: `chunk, ${from.name} to ${to.name}`,
        unit: 'µs CPU',
        samples: { tollgate },
        target: '≤ 7',
      })
    }
  return rows
}
