import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { errorIn, type Language, pathOf } from '../faults/client.ts'
import { refusedJson, takenJson } from './json-corpus.ts'
import { watchLoop } from './loop-watch.ts'
import { post } from './post.ts'
import { type Rig, startRig } from './rig.ts'

/** A rule of 50 ms, with room for machines that do something else at the same time. */
const mostMs = 150
const languages: readonly Language[] = ['openai', 'anthropic']

/** How long this machine takes to read a text once. */
const msToRead = (text: string): number => {
  const began = performance.now()
  JSON.parse(text)
  return performance.now() - began
}

describe('bodies of hostile JSON', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig[Symbol.asyncDispose]())
  const natural = Object.getOwnPropertyNames(Object.prototype).sort()
  afterEach(() => assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), natural))

  /** Posts, and measures how long others had to wait for it: the best of three, as the machine may be busy elsewhere. */
  const postTo = async (language: Language, body: string | Buffer) => {
    let heldUpMs = Number.POSITIVE_INFINITY
    for (let turn = 1; ; turn++) {
      const watch = watchLoop()
      const posted = await post({ port: rig.port, path: pathOf(language), body })
      heldUpMs = Math.min(heldUpMs, watch.stop())
      if (turn === 3 || heldUpMs < mostMs) return { ...posted, heldUpMs }
    }
  }

  test('the watch sees it when others must wait', async () => {
    const watch = watchLoop()
    for (const end = performance.now() + 60; performance.now() < end; );
    assert.ok(watch.stop() >= 60)
  })

  for (const [name, [body, message]] of Object.entries(refusedJson))
    test(`${name}: refused at once, in the language of the caller`, async () => {
      for (const language of languages) {
        const { status, text, heldUpMs } = await postTo(language, body)
        const error = errorIn(text)
        assert.deepEqual([status, error.code, error.type], [400, 'invalid_request', 'invalid_request_error'])
        assert.match(error.message, message)
        assert.equal(JSON.parse(text).type, language === 'anthropic' ? 'error' : undefined)
        assert.ok(text.length < 1_024, `${text.length} characters`)
        assert.ok(heldUpMs < mostMs, `others waited for ${heldUpMs.toFixed(0)} ms`)
      }
      assert.deepEqual(rig.received(), [])
    })

  for (const [name, body] of Object.entries(takenJson))
    test(`${name}: answered, and nobody waits for it`, async () => {
      for (const language of languages) {
        const asked = rig.received().length
        const sent = sameWire(body, language)
        // It is read here and by the upstream in this process, and written once: on a slow machine that alone takes a while.
        const allowedMs = Math.max(mostMs, 6 * msToRead(sent))
        const { status, heldUpMs, text } = await postTo(language, sent)
        assert.equal(status, 200, text.slice(0, 1_000))
        assert.ok(heldUpMs < allowedMs, `others waited for ${heldUpMs.toFixed(0)} of ${allowedMs.toFixed(0)} ms`)
        assert.ok(rig.received().length > asked)
      }
    })

  test('a text of 30 MB is answered, and others wait for less than a second', async () => {
    const body = takenJson['a megabyte of one letter']?.replace(/a{9,}/, 'a'.repeat(30_000_000)) ?? ''
    for (const language of languages) {
      const { status, heldUpMs } = await postTo(language, sameWire(body, language))
      assert.equal(status, 200)
      assert.ok(heldUpMs < 1_000, `others waited for ${heldUpMs.toFixed(0)} ms`)
    }
  })

  test('two million keys are refused, and others wait for less than a second', async () => {
    const keys = Array.from({ length: 2_000_000 }, (_, index) => `"${index}":0`).join(',')
    const { status, heldUpMs } = await postTo('openai', `{"model":"chat","messages":[],"x":{${keys}}}`)
    assert.equal(status, 400)
    assert.ok(heldUpMs < 1_000, `others waited for ${heldUpMs.toFixed(0)} ms`)
  })

  for (const key of ['__proto__', 'constructor', 'prototype', '__pr\\u006fto__', '\\u0063onstructor'])
    test(`the key ${key} is dropped wherever it stands, and changes nothing`, async () => {
      const evil = `"${key}":{"polluted":1,"prototype":{"polluted":1},"isAdmin":true}`
      for (const language of languages)
        for (const [place, body] of Object.entries(placesFor(evil))) {
          const { status, text } = await postTo(language, sameWire(body, language))
          assert.ok(status === 200 || status === 400, `${place}: ${status} ${text}`)
          if (status === 200) assert.doesNotMatch(rig.received().at(-1)?.body ?? '', /polluted|isAdmin/, place)
        }
      assert.equal(Reflect.get({}, 'polluted') ?? Reflect.get(Function, 'polluted'), undefined)
    })

  const sameWire = (body: string, language: Language): string =>
    language === 'openai' ? body : body.replace('"model":"chat"', '"model":"claude"')

  const placesFor = (evil: string): Record<string, string> => {
    const messages = '"messages":[{"role":"user","content":"hi"}]'
    const start = '{"model":"chat","max_tokens":9'
    return {
      body: `${start},${messages},${evil}}`,
      message: `${start},"messages":[{"role":"user","content":"hi",${evil}}]}`,
      part: `${start},"messages":[{"role":"user","content":[{"type":"text","text":"hi",${evil}}]}]}`,
      metadata: `${start},${messages},"metadata":{${evil}}}`,
      wishes: `${start},${messages},"metadata":{"tollgate":{${evil}}}}`,
      unknown: `${start},${messages},"x":[{"y":{${evil}}}]}`,
      tool: `${start},${messages},"tools":[{"type":"custom","name":"t","input_schema":{"type":"object","properties":{${evil}}}}]}`,
      biases: `${start},${messages},"logit_bias":{${evil}}}`,
    }
  }
})
