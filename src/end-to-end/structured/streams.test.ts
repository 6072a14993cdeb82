import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openaiText } from '../../testing/index.ts'
import { good, post, question, says, startStructured } from './rig.ts'

interface Heard {
  readonly text: string
  readonly isWhole: boolean
  readonly error: string | undefined
  readonly raw: string
  readonly pieces: number
}

const heard = async (response: Response): Promise<Heard> => {
  const raw = await response.text()
  let text = ''
  let pieces = 0
  let error: string | undefined
  for (const line of raw.split('\n')) {
    if (!line.startsWith('data: {')) continue
    const event = JSON.parse(line.slice(6)) as { choices?: { delta: { content?: string } }[]; error?: { code: string } }
    const said = event.choices?.[0]?.delta.content ?? ''
    if (said !== '') pieces++
    text += said
    error ??= event.error?.code
  }
  return { text, pieces, error, raw, isWhole: raw.includes('data: [DONE]') }
}

const streamed = question({ stream: true, stream_options: { include_usage: true } })
const spaced = '{ "total": 12.5, "currency": "EUR" }'

describe('a stream in JSON', () => {
  test('passes byte for byte while it is valid', async () => {
    await using rig = await startStructured()
    const step = openaiText(spaced, { stream: true })
    rig.first.always(step)
    const response = await post(rig.running, streamed)
    const { text, isWhole, raw, error } = await heard(response)
    assert.deepEqual([text, isWhole, error], [spaced, true, undefined])
    for (const event of step.events ?? []) assert.ok(raw.includes(String(event)))
  })

  test('passes its words as they come', async () => {
    await using rig = await startStructured()
    const { events = [] } = openaiText(spaced, { stream: true })
    rig.first.always({ events, eventDelayMs: 40 })
    const response = await post(rig.running, streamed)
    const reader = (response.body as ReadableStream<Uint8Array>).getReader()
    let first: number | undefined
    const began = performance.now()
    for (let read = await reader.read(); !read.done; read = await reader.read())
      if (first === undefined && Buffer.from(read.value).includes('"content":"{"')) first = performance.now() - began
    const all = performance.now() - began
    assert.ok(first !== undefined && first < all / 2, `${first} of ${all} ms`)
  })

  test('is held back where it begins with other words, and comes without them', async () => {
    await using rig = await startStructured()
    rig.first.always(says(`Here it is:\n\`\`\`json\n${good}\n\`\`\``))
    const { text, isWhole, raw } = await heard(await post(rig.running, streamed))
    assert.deepEqual([text, isWhole], [good, true])
    assert.match(raw, /"usage":\{"prompt_tokens":9/)
    assert.equal(rig.first.journal.length, 1)
  })

  test('is asked for again when nothing of it has passed', async () => {
    await using rig = await startStructured()
    rig.first.script(says('I think it is 12.50 Euros.'), says(good))
    const { text, isWhole } = await heard(await post(rig.running, streamed))
    assert.deepEqual([JSON.parse(text), isWhole], [JSON.parse(good), true])
    assert.equal(rig.first.journal.length, 2)
  })

  test('breaks off at the first word that makes it impossible, and never looks whole', async () => {
    await using rig = await startStructured()
    rig.first.always(says('{ "total": 1, "currency": "GBP", "more": [1, 2, 3] }'))
    const { text, isWhole, error } = await heard(await post(rig.running, streamed))
    assert.equal(isWhole, false)
    assert.equal(error, 'output_invalid')
    assert.ok('{ "total": 1, "currency":'.startsWith(text.trimEnd()), text)
    assert.equal(rig.first.journal.length, 1)
    assert.equal(rig.first.openSockets() <= 1, true)
  })

  test('breaks off before its end when only the whole of it shows that it is wrong', async () => {
    await using rig = await startStructured({ output: { rules: [{ at: '/currency', oneOf: ['USD'] }] } })
    rig.first.always(says(spaced))
    const { text, isWhole, error, raw } = await heard(await post(rig.running, streamed))
    assert.deepEqual([text, isWhole, error], [spaced, false, 'output_invalid'])
    assert.ok(!raw.includes('"finish_reason":"stop"'))
  })

  test('is put right to the end where it is held back', async () => {
    await using rig = await startStructured({ output: { mode: 'buffer' } })
    rig.first.script(says('{"total": 1, "currency": "GBP"}'), says('{"total": "12.5", "currency": "eur"}'))
    const { text, isWhole } = await heard(await post(rig.running, streamed))
    assert.deepEqual([JSON.parse(text), isWhole], [JSON.parse(good), true])
  })

  test('that was cut is no answer, whatever stands in it', async () => {
    for (const mode of ['incremental', 'buffer'] as const) {
      await using rig = await startStructured({ output: { mode, attempts: 1 } })
      const { events = [] } = openaiText(good, { stream: true })
      rig.first.always({ events: events.slice(0, -2), framing: 'close' })
      const { isWhole, error, raw } = await heard(await post(rig.running, streamed))
      assert.equal(isWhole, false, mode)
      assert.ok(error !== undefined || raw.includes('upstream_garbled'), raw)
    }
  })

  test('of a model that would not say it passes on', async () => {
    await using rig = await startStructured()
    const event = (delta: object, finish: string | null) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
    rig.first.always({
      events: [
        event({ role: 'assistant', content: '' }, null),
        event({ refusal: 'No.' }, null),
        event({}, 'stop'),
        'data: [DONE]\n\n',
      ],
    })
    const { raw, isWhole } = await heard(await post(rig.running, streamed))
    assert.ok(isWhole && raw.includes('No.'))
  })

  test('stops its upstream when its caller leaves', async () => {
    await using rig = await startStructured()
    const { events = [] } = openaiText(spaced, { stream: true })
    rig.first.always({ events: events.slice(0, 4), endless: true, eventDelayMs: 20 })
    const leaving = new AbortController()
    const response = await fetch(`${rig.running.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(streamed),
      signal: leaving.signal,
    })
    await response.body?.getReader().read()
    leaving.abort()
    const end = performance.now() + 3_000
    while (rig.first.openSockets() > 0 && performance.now() < end) await new Promise((go) => setTimeout(go, 10))
    assert.equal(rig.first.openSockets(), 0)
  })
})
