import assert from 'node:assert/strict'
import { isSemantic } from '../../core/delta.ts'
import { openaiText, type ReceivedRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { readStreams, type Sample } from '../../testing/samples.ts'
import { anthropicMessages } from '../../wire/anthropic-messages/index.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { EventSplitter } from '../../wire/sse.ts'
import { ask, type Language, type Said, saidIn, type Transcript } from './client.ts'
import { anthropicAt, forgetful, type GatewayUnderTest, inParallel, openaiAt, startGateway } from './harness.ts'

/** `end` closes in good order, so that only the content tells that something is missing; `chunked` closes in mid-chunk. */
export type CutBy = 'reset' | 'end' | 'chunked'

/** A recorded stream, with what is known of where it begins. */
export interface Recording extends Sample {
  readonly language: Language
  /** Where each of its events ends. */
  readonly ends: readonly number[]
  /** Where the first event ends that says something: from there on nothing may be answered by another target. */
  readonly begins: number
}

export interface Cut {
  readonly recording: Recording
  readonly atByte: number
  readonly by: CutBy
  readonly caller: Language
}

const wires = { openai: openaiChat, anthropic: anthropicMessages }
const folders = { openai: 'openai-chat', anthropic: 'anthropic-messages' }
const fallback = 'Another target says this.'

const recordingOf = (language: Language, sample: Sample): Recording => {
  const ends: number[] = []
  const reader = wires[language].reader('events')
  let begins: number | undefined
  const splitter = new EventSplitter()
  // Only the splitter's way of finding ends is used; it sees the whole stream at once.
  for (const event of splitter.split(splitter.push(sample.bytes) ?? Buffer.alloc(0))) {
    ends.push((ends.at(-1) ?? 0) + event.length)
    const says = reader(event).some((delta) => isSemantic(delta) || delta.kind === 'finish')
    if (says) begins ??= ends.at(-1)
  }
  assert.ok(begins !== undefined && ends.at(-1) === sample.bytes.length, sample.name)
  return { ...sample, language, ends, begins }
}

/** The recorded streams of a language; all, or those that are named. */
export const recordings = (language: Language, names?: readonly string[]): Recording[] =>
  readStreams(new URL(`../../wire/${folders[language]}/fixtures/streams/`, import.meta.url))
    .filter(({ name }) => names === undefined || names.includes(name))
    .map((sample) => recordingOf(language, sample))

/** A gateway whose first target cuts streams as the prompt says, and whose second one is well. */
export const startCutting = async (all: readonly Recording[]) => {
  const first = await startFakeUpstream()
  const second = await startFakeUpstream()
  const byName = new Map(all.map((recording) => [`${recording.language}/${recording.name}`, recording]))
  first.always((request): Step => {
    const [name = '', atByte, by] = promptOf(request).split(' ')
    const bytes = byName.get(name)?.bytes ?? Buffer.alloc(0)
    const isCut = Number(atByte) < bytes.length
    return {
      events: [bytes],
      framing: by === 'end' ? 'close' : 'chunked',
      cut: isCut ? { atByte: Number(atByte), by: by === 'reset' ? 'reset' : 'end' } : undefined,
    }
  })
  second.always(openaiText(fallback, { stream: true }))
  const gateway = await startGateway(
    {
      providers: { openai: openaiAt(first.url), anthropic: anthropicAt(first.url), other: openaiAt(second.url) },
      models: Object.fromEntries(
        (['openai', 'anthropic'] as const).map((language) => [
          language,
          { targets: [`${language}/cut`, 'other/well'], policies: ['order'], retry: { sameTarget: 0 } },
        ]),
      ),
    },
    forgetful,
  )
  return {
    gateway,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await Promise.all([first.close(), second.close()])
    },
  }
}

const promptOf = (request: ReceivedRequest): string => {
  const { content } = JSON.parse(request.body).messages[0]
  return typeof content === 'string' ? content : content[0].text
}

const askFor = (gateway: GatewayUnderTest, { recording, atByte, by, caller }: Cut): Promise<Transcript> =>
  ask(gateway.port, {
    language: caller,
    stream: true,
    model: recording.language,
    prompt: `${recording.language}/${recording.name} ${atByte} ${by}`,
  })

const withoutComments = (text: string): string => text.replaceAll(/^: tollgate .*\n\n/gm, '')

/** What the caller must see of a stream that was cut, and what must be recorded. */
const check = async (gateway: GatewayUnderTest, cut: Cut, whole: Said): Promise<void> => {
  const { recording, atByte, by, caller } = cut
  const answer = await askFor(gateway, cut)
  const said = saidIn(answer.text)
  const record = await gateway.recordOf(answer.id)
  const outcomes = record.attempts.map((line) => line.outcome)
  assert.deepEqual([answer.status, answer.complete], [200, true])
  if (atByte < recording.begins) {
    assert.deepEqual([said.words, said.ends, said.finishes.length, said.errors], [fallback, 1, 1, []])
    assert.deepEqual([record.outcome, record.target, outcomes], ['ok', 'other/well', ['ambiguous', 'ok']])
    return
  }
  const code = by === 'end' ? 'upstream_garbled' : 'upstream_unreachable'
  assert.deepEqual([said.errors, said.errorIsLast, said.ends], [[code], true, 0])
  assert.deepEqual([record.outcome, record.error, outcomes], ['error', code, ['ambiguous']])
  assert.ok(whole.words.startsWith(said.words), 'what was said is the beginning of the whole')
  const passed = recording.ends.filter((end) => end <= atByte).at(-1) ?? 0
  const sent = recording.bytes.subarray(0, passed).toString('utf8')
  if (caller === recording.language && by === 'end') {
    const text = withoutComments(answer.text)
    assert.equal(text.slice(0, sent.length), sent, 'every event that came whole is passed on')
  }
  const reasons = saidIn(sent).finishes.length
  assert.ok(said.finishes.length <= reasons, 'no finish reason is made up')
}

/** Asks for each cut, fifty at a time; rejects with the first that goes wrong, and names it. Gives how many there were. */
export const cutAll = async (gateway: GatewayUnderTest, cuts: readonly Cut[]): Promise<number> => {
  const wholes = new Map<string, Promise<Said>>()
  const wholeOf = (cut: Cut): Promise<Said> => {
    const key = `${cut.recording.language} ${cut.recording.name} ${cut.caller}`
    const uncut = { ...cut, atByte: cut.recording.bytes.length, by: 'end' } as const
    const known = wholes.get(key) ?? askFor(gateway, uncut).then(({ text }) => saidIn(text))
    wholes.set(key, known)
    return known
  }
  await inParallel(cuts, 50, async (cut) => {
    const whole = await wholeOf(cut)
    assert.deepEqual([whole.ends, whole.errors], [1, []], 'uncut, it is whole')
    await check(gateway, cut, whole).catch((error: Error) => {
      const { recording, atByte, by, caller } = cut
      throw new Error(`${recording.name} cut at ${atByte} by ${by} for ${caller}: ${error.message}`, { cause: error })
    })
  })
  return cuts.length
}

/** A cut at every n-th byte of each recording. */
export const cutsOf = (
  all: readonly Recording[],
  how: { readonly by: CutBy; readonly callers: 'same' | 'other'; readonly step?: number },
): Cut[] =>
  all.flatMap((recording) => {
    const other = recording.language === 'openai' ? 'anthropic' : 'openai'
    const caller = how.callers === 'same' ? recording.language : other
    const step = how.step ?? 1
    return Array.from({ length: Math.ceil(recording.bytes.length / step) }, (_, index) => ({
      recording,
      atByte: index * step,
      by: how.by,
      caller,
    }))
  })
