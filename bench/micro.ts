/** What do the pieces of a call cost by themselves, inside one process and without a network? */
import { join } from 'node:path'
import type { Reader } from '../src/core/chunk.ts'
import { parseJson } from '../src/core/parse-json.ts'
import type { CallRecord } from '../src/core/record.ts'
import { createRedactor } from '../src/core/redact.ts'
import type { Request } from '../src/core/request.ts'
import type { Target } from '../src/core/target.ts'
import { noUsage } from '../src/core/usage.ts'
import { createLog } from '../src/telemetry/log.ts'
import { createMetrics } from '../src/telemetry/metrics.ts'
import { anthropicMessages } from '../src/wire/anthropic-messages/index.ts'
import { openaiChat } from '../src/wire/openai-chat/index.ts'
import { EventSplitter } from '../src/wire/sse.ts'
import type { Writer } from '../src/wire/wire.ts'
import { chatBody, messagesBody } from './rig/bodies.ts'
import type { Measurement, Rig, Row } from './rig/rig.ts'

interface Work {
  readonly measure: string
  run(): void
  /** What a batch leaves behind and is part of its cost. */
  settle?(): Promise<void>
}

const batch = 1_000
const warmUpMs = 400
const sampleMs = 200
const sampleCount = 5

/** CPU microseconds of one run, over batches that last `ms` together; garbage collection in other threads is counted. */
const costOf = async ({ run, settle }: Work, ms: number): Promise<number> => {
  const before = process.cpuUsage()
  const until = performance.now() + ms
  let runs = 0
  while (performance.now() < until) {
    for (let count = 0; count < batch; count++) run()
    await settle?.()
    runs += batch
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / runs
}

const target: Target = {
  id: 'upstream/gpt-4o-mini',
  provider: 'upstream',
  model: 'gpt-4o-mini',
  weight: 1,
  quirks: {},
  facts: undefined,
}

const chatBytes = Buffer.from(chatBody(false))
const messagesBytes = Buffer.from(messagesBody(false))
const asked: Request = openaiChat.readRequest(parseJson(chatBytes), { operation: 'chat' })
const askedElsewhere: Request = anthropicMessages.readRequest(parseJson(messagesBytes), { operation: 'chat' })
const messagesStream: Request = anthropicMessages.readRequest(parseJson(Buffer.from(messagesBody(true))), {
  operation: 'chat',
})

const requestWorks = (): Work[] => {
  const chat = parseJson(chatBytes)
  const messages = parseJson(messagesBytes)
  return [
    { measure: 'parseJson, a body of 1 KB', run: () => void parseJson(chatBytes) },
    { measure: 'readRequest, OpenAI', run: () => void openaiChat.readRequest(chat, { operation: 'chat' }) },
    {
      measure: 'readRequest, Anthropic',
      run: () => void anthropicMessages.readRequest(messages, { operation: 'chat' }),
    },
    { measure: 'writeRequest, OpenAI to OpenAI', run: () => void openaiChat.writeRequest(asked, target) },
    { measure: 'writeRequest, Anthropic to OpenAI', run: () => void openaiChat.writeRequest(askedElsewhere, target) },
  ]
}

const chunkBytes = Buffer.from(
  `data: ${JSON.stringify({
    id: 'chatcmpl-Dq4vT8ZrXw1LbN6sYkE3uPfHc90Ga',
    object: 'chat.completion.chunk',
    created: 1793000000,
    model: 'gpt-4o-mini-2024-07-18',
    service_tier: 'default',
    system_fingerprint: 'fp_1f2e3d4c5b',
    choices: [{ index: 0, delta: { content: 'morning ' }, logprobs: null, finish_reason: null }],
    usage: null,
    obfuscation: 'h2Kd93',
  })}\n\n`,
)

/** After so many chunks an answer ends, and the next one has its own reader and writer. */
const chunksPerAnswer = 500

const chunkWorks = (): Work[] => {
  const splitter = new EventSplitter()
  let count = 0
  let reader: Reader
  let writer: Writer
  const translate = (): void => {
    if (count++ % chunksPerAnswer === 0) {
      reader = openaiChat.reader('events')
      writer = anthropicMessages.writer('events', messagesStream)
    }
    for (const delta of reader(chunkBytes)) writer.write(delta)
  }
  const look = (): void => {
    const piece = splitter.push(chunkBytes)
    if (piece) openaiChat.matters(piece)
  }
  return [
    { measure: 'chunk: split and looked at (untouched)', run: look },
    { measure: 'chunk: read and written (OpenAI to Anthropic)', run: translate },
  ]
}

const record: CallRecord = {
  id: 'V1StGXR8_Z5jdHi6B-myT3aQ',
  startedAt: 1_793_000_000_000,
  started: 0,
  durationMs: 812.4,
  firstTokenMs: 401.7,
  caller: { key: 'bench' },
  wire: 'openai-chat',
  operation: 'chat',
  stream: false,
  model: 'gpt-4o-mini',
  asked: 'gpt-4o-mini',
  target: target.id,
  outcome: 'ok',
  error: undefined,
  cause: undefined,
  attempts: [
    {
      target: target.id,
      ordinal: 1,
      started: 1_000,
      ended: 1_812.4,
      outcome: 'ok',
      status: 200,
      usage: { ...noUsage, input: 212, output: 108 },
      costNanos: 96_600n,
    },
  ],
  notes: { model: 'gpt-4o-mini', order: [target.id], firstTokenAt: 1_401.7 },
  finishes: ['stop'],
  usage: { ...noUsage, input: 212, output: 108 },
  costNanos: 96_600n,
  retryCount: 0,
}

export const micro: Measurement = async (rig: Rig) => {
  const metrics = createMetrics({ process: false })
  const redact = createRedactor(['sk-gw-0042', 'sk-upstream'])
  const log = createLog({ level: 'info', destination: join(rig.folder, 'micro.log'), redact })
  const writeLine = (one: CallRecord) => log.calls([one])
  const works: Work[] = [
    ...requestWorks(),
    ...chunkWorks(),
    { measure: 'record to metrics', run: () => metrics.sink(record) },
    { measure: 'record to the log, written to a file', run: () => writeLine(record), settle: () => log.flush() },
  ]
  const rows: Row[] = []
  for (const work of works) {
    rig.say(`micro: ${work.measure}`)
    await costOf(work, warmUpMs)
    const tollgate: number[] = []
    for (let sample = 0; sample < sampleCount; sample++) tollgate.push(await costOf(work, sampleMs))
    rows.push({ measure: work.measure, unit: 'µs CPU', samples: { tollgate } })
  }
  const lost = log.dropped()
  await log.close()
  if (lost > 0) throw new Error(`${lost} log lines were dropped, so the figure for the log is not true`)
  return rows
}
