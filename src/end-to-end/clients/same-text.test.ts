import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import type { ScriptStep, Step } from '../../testing/index.ts'
import { type Cell, clientNames, type UpstreamWire, upstreamWires } from './cell.ts'
import { listen } from './listen.ts'
import { type Rig, startRig } from './rig.ts'
import { anthropicSays, textBlock } from './say-anthropic.ts'
import { openaiSays } from './say-openai.ts'

/** How an upstream's bytes may differ without saying anything else. */
const spellings: Readonly<Record<string, (step: Step) => Step>> = {
  'line feeds': (step) => step,
  'one byte at a time': (step) => ({ ...step, split: 'bytes' }),
  'returns and line feeds': (step) => respelt(step, '\r\n'),
  'returns alone': (step) => respelt(step, '\r'),
  'a byte order mark': (step) => marked(step),
  'all of these': (step) => ({ ...marked(respelt(step, '\r\n')), split: 'bytes' }),
}

/** A mark before the first words: an event that only names the role would lose nothing by it. */
const marked = (step: Step): Step => {
  const events = (step.events ?? []).map(String)
  const first = events.findIndex((event) => !event.includes('"role":"assistant","content":""'))
  return { ...step, events: ['\ufeff', ...events.slice(first)] }
}

const respelt = (step: Step, lineEnd: string): Step => ({
  ...step,
  events: step.events?.map((event) => String(event).replaceAll('\n', lineEnd)) ?? [],
})

const hard = [
  'Line\nfeed, re\rturn, both\r\n, paragraphs\n\n\n, \u2028, \u2029, \u0085, NUL \u0000, \u001f, \u007f, \ufeff.',
  'data: [DONE]\n\ndata: {"choices":[]}\n\nevent: error\ndata: {"type":"error"}\n\n: comment\n\nid: 1\nretry: 0\n',
  '[DONE]"\\"\\\\u0000\\n</script>"finish_reason":"stop","usage":{"input_tokens":1},"error":{"x":1}',
  'Grüße 你好 🦊👩‍👩‍👧‍👦 \u{10ffff} e\u0301 and half a fox: \ud83e.',
].join('\n')

const piecesOf = (text: string, size: number): string[] => {
  const pieces: string[] = []
  for (let from = 0; from < text.length; from += size) pieces.push(text.slice(from, from + size))
  return pieces
}

/** A text in pieces that cut pairs of surrogates, in each wire. */
const told = (text: string, size: number): Readonly<Record<UpstreamWire, ScriptStep>> => {
  const pieces = piecesOf(text, size)
  const deltas = pieces.map((content) => ({ content }))
  return {
    openai: openaiSays([{ message: { content: text }, deltas, finish: 'stop' }]),
    anthropic: anthropicSays([textBlock(...pieces)]),
  }
}

const change =
  (step: ScriptStep, spell: (step: Step) => Step): ScriptStep =>
  async (request) => {
    const made = typeof step === 'function' ? await step(request) : step
    return made.events ? spell(made) : made
  }

describe('official clients: a text is the same streamed and whole', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig?.[Symbol.asyncDispose]())

  interface Asked {
    readonly place: Pick<Cell, 'client' | 'wire'>
    readonly text: string
    readonly size: number
    readonly spell: (step: Step) => Step
  }

  const bothTexts = async ({ place, text, size, spell }: Asked): Promise<readonly [string, string]> => {
    const steps = told(text, size)
    const answers = {
      openai: [change(steps.openai, spell), steps.openai],
      anthropic: [change(steps.anthropic, spell), steps.anthropic],
      aimock: [],
    }
    const cell = rig.cell({ ...place, maker: 'fake', form: 'whole' }, answers)
    let streamed = ''
    for await (const piece of listen(cell)) streamed += piece
    return [streamed, (await cell.talk().say('Go on.')).text]
  }

  for (const client of clientNames) {
    for (const wire of upstreamWires) {
      const place = { client, wire }

      for (const [spelling, spell] of Object.entries(spellings)) {
        test(`${client} from ${wire} with ${spelling}`, async () => {
          assert.deepEqual(await bothTexts({ place, text: hard, size: 7, spell }), [hard, hard])
        })
      }

      test(`${client} from ${wire} with 100 kB`, async () => {
        const text = hard.repeat(Math.ceil(100_000 / hard.length))
        const spell = (step: Step): Step => ({
          ...step,
          split: Array.from({ length: 150 }, (_, index) => index * 1_009),
        })
        assert.deepEqual(await bothTexts({ place, text, size: 801, spell }), [text, text])
      })

      test(`${client} from ${wire} with any text`, async () => {
        const spelling = fc.constantFrom(...Object.values(spellings))
        const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 })
        await fc.assert(
          fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), spelling, async (any, size, spell) => {
            assert.deepEqual(await bothTexts({ place, text: any, size, spell }), [any, any])
          }),
          { numRuns: 6 },
        )
      })
    }
  }
})
