import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { collectingOutlet } from './collecting-outlet.ts'

describe('an outlet that collects', () => {
  it('keeps every byte, and tells events as they come', () => {
    const said: string[] = []
    const outlet = collectingOutlet(1_000, (text) => said.push(text))
    assert.equal(outlet.begun, false)
    outlet.head(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    outlet.write('data: ä\n\n')
    outlet.write(Buffer.from('data: b\n\n'))
    outlet.end('data: [DONE]\n\n')
    outlet.write('too late')
    assert.equal(outlet.closed, true)
    const { status, body } = outlet.collected()
    assert.deepEqual([status, body.toString()], [200, 'data: ä\n\ndata: b\n\ndata: [DONE]\n\n'])
    assert.equal(said.join(''), body.toString())
  })

  it('copies what it is given, since whoever gives it may use its memory again', () => {
    const outlet = collectingOutlet(1_000, () => {})
    outlet.head(200, { 'content-type': 'application/octet-stream' })
    const piece = Buffer.from('abc')
    outlet.write(piece)
    piece.fill(0)
    outlet.end()
    assert.equal(outlet.collected().body.toString(), 'abc')
  })

  it('takes no more than may be kept, and then counts as closed', () => {
    const outlet = collectingOutlet(10, () => assert.fail('tells what is no stream'))
    outlet.head(200, { 'content-type': 'application/json' })
    outlet.write('0123456789')
    assert.deepEqual([outlet.closed, outlet.isFull], [false, false])
    outlet.write('x')
    assert.deepEqual([outlet.closed, outlet.isFull], [true, true])
    assert.equal(outlet.collected().body.length, 10)
  })
})
