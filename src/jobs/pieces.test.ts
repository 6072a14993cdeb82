import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import type { JobPiece } from '../stores/job-store.ts'
import { Pieces } from './pieces.ts'

describe('what a stream says', () => {
  it('is told in few pieces: the first at once, the others four times a second', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] })
    const told: JobPiece[] = []
    const pieces = new Pieces(7, (piece) => told.push(piece))
    pieces.say('a')
    context.mock.timers.tick(1)
    for (const text of 'bcdef') pieces.say(text)
    context.mock.timers.tick(249)
    assert.deepEqual(
      told.map(({ text }) => text),
      ['a'],
    )
    context.mock.timers.tick(1)
    pieces.say('g')
    context.mock.timers.tick(250)
    assert.deepEqual(told, [
      { sequence: 1, attempt: 7, text: 'a' },
      { sequence: 2, attempt: 7, text: 'bcdef' },
      { sequence: 3, attempt: 7, text: 'g' },
    ])
  })

  it('is bounded, and over when it ends', (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] })
    const told = mock.fn<(piece: JobPiece) => void>()
    const pieces = new Pieces(1, told)
    for (let index = 0; index < 40; index++) {
      pieces.say('x'.repeat(65_536))
      context.mock.timers.tick(250)
    }
    const size = told.mock.calls.reduce((sum, { arguments: [piece] }) => sum + piece.text.length, 0)
    assert.equal(size, 1_048_576)
    const other = new Pieces(1, told)
    const before = told.mock.callCount()
    other.say('y')
    other.end()
    context.mock.timers.tick(1_000)
    assert.equal(told.mock.callCount(), before)
  })
})
