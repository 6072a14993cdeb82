import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import {
  anthropicErrorEvent,
  anthropicText,
  openaiErrorEvent,
  openaiText,
  type Step,
  stall,
} from '../../testing/index.ts'
import type { Cell } from './cell.ts'
import { listen } from './listen.ts'
import type { Feature } from './matrix.ts'
import type { Answers } from './rig.ts'
import { saying } from './say.ts'
import { all } from './words.ts'

const stream = true
const half = 'Once upon a time'

/** Streams that begin with the text and go on with something else. */
const beginning = (change: (begun: Step, wire: 'openai' | 'anthropic') => Step): Answers => {
  // What remains is the end of the text, of the message, and of the stream.
  const openai = openaiText(half, { stream, usage: false })
  const anthropic = anthropicText(half, { stream })
  return {
    openai: [change({ ...openai, events: openai.events?.slice(0, -2) ?? [] }, 'openai')],
    anthropic: [change({ ...anthropic, events: anthropic.events?.slice(0, -3) ?? [] }, 'anthropic')],
    aimock: [],
  }
}

const inPieces: Feature = {
  name: 'a text in pieces',
  answers: saying({ text: `${half}.` }),
  forms: ['stream'],
  clients: all(async (cell) => {
    const pieces: string[] = []
    for await (const piece of listen(cell)) pieces.push(piece)
    assert.equal(pieces.join(''), `${half}.`)
    assert.ok(pieces.length > 2, `${pieces.length} pieces`)
  }),
}

/** Listens until the failure, and gives the text before it and what was thrown. */
const heardBeforeFailure = async (cell: Cell): Promise<{ text: string; thrown: unknown }> => {
  let text = ''
  try {
    for await (const piece of listen(cell)) text += piece
  } catch (thrown) {
    return { text, thrown }
  }
  assert.fail(`the stream ended well after ${JSON.stringify(text)}`)
}

const words = 'Shard db-7.internal is overloaded.'

const failing: Feature = {
  name: 'a failure in the middle of a stream',
  onlyFake: 'aimock fails at the beginning',
  alone: true,
  forms: ['stream'],
  answers: beginning((begun, wire) => ({
    ...begun,
    events: [
      ...(begun.events ?? []),
      wire === 'openai' ? openaiErrorEvent('server_error', words) : anthropicErrorEvent('overloaded_error', words),
    ],
  })),
  clients: all(async (cell) => {
    const { text, thrown } = await heardBeforeFailure(cell)
    assert.equal(text, half)
    assert.match(sayingsOf(thrown), /The provider (failed|is overloaded)\./)
    assert.doesNotMatch(sayingsOf(thrown), /internal is/)
  }),
}

/** All that an error says, its causes and data too. */
const sayingsOf = (thrown: unknown): string =>
  thrown instanceof Error
    ? `${thrown.message} ${JSON.stringify(thrown)} ${sayingsOf(thrown.cause)}`
    : (JSON.stringify(thrown) ?? '')

const cut: Feature = {
  name: 'a stream that is cut',
  onlyFake: 'aimock breaks the connection at times of its own',
  alone: true,
  forms: ['stream'],
  answers: beginning((begun) => begun),
  clients: all(async (cell) => {
    const { text, thrown } = await heardBeforeFailure(cell)
    assert.equal(text, half)
    assert.match(sayingsOf(thrown), /was cut/)
  }),
}

const soon = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const began = performance.now(); !isSo(); await setTimeout(2))
    assert.ok(performance.now() - began < 2_000, `not within two seconds: ${what}`)
}

const aborted: Feature = {
  name: 'a client that leaves',
  onlyFake: 'aimock does not tell when its clients leave',
  answers: beginning((begun) => stall(begun, 5)),
  clients: all(async (cell) => {
    const fake = cell.fakes[cell.wire]
    const before = fake.journal.length
    const leaving = new AbortController()
    if (cell.form === 'stream') {
      const pieces = listen(cell, leaving.signal)
      assert.equal(typeof (await pieces.next()).value, 'string')
      leaving.abort()
      // Clients differ in whether they throw or end here.
      await pieces.next().catch(() => {})
    } else {
      const asked = cell.talk().say('Go on.', { signal: leaving.signal })
      await soon('the upstream is asked', () => fake.journal.length > before)
      leaving.abort()
      await assert.rejects(asked)
    }
    await soon('the upstream is left', () => fake.journal[before]?.abortedAt !== undefined)
    assert.equal(fake.journal.length, before + 1)
  }),
}

export const streamFeatures: readonly Feature[] = [inPieces, failing, cut, aborted]
