import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ask, closeIdle, errorIn, type Language } from '../faults/client.ts'
import { abuses } from './parameter-corpus.ts'
import { type Rig, startRig } from './rig.ts'

const models = { openai: ['chat', 'claude'], anthropic: ['claude', 'chat'] } as const
const others = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'nobody', 'CHAT', 'chat ', 'ｃhat', '*', 'up']

describe('parameters out of every measure', () => {
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(async () => {
    closeIdle()
    await rig[Symbol.asyncDispose]()
  })

  for (const language of ['openai', 'anthropic'] as const)
    for (const [name, { more, same = 400, other = 400 }] of Object.entries(abuses[language]))
      test(`${language}, ${name}: ${same} and ${other}`, async () => {
        for (const [index, expected] of [same, other].entries())
          for (const stream of [false, true]) {
            if (stream && 'stream' in more) continue
            await askOnce({ language, model: models[language][index], stream, more }, expected)
          }
      })

  const askOnce = async (
    asking: { language: Language; stream: boolean; more: object; model?: string },
    expected: number,
  ) => {
    const asked = rig.received().length
    const { status, text } = await ask(rig.port, asking)
    assert.equal(status, expected, text.slice(0, 500))
    assert.equal(rig.received().length - asked, expected === 200 ? 1 : 0)
    if (expected === 200) return
    const error = errorIn(text)
    assert.deepEqual([error.code, error.type], ['invalid_request', 'invalid_request_error'])
    assert.equal(JSON.parse(text).type, asking.language === 'anthropic' ? 'error' : undefined)
    assert.ok(text.length < 2_048, `${text.length} characters`)
  }

  for (const language of ['openai', 'anthropic'] as const)
    test(`models that nobody serves are not found, in the words of ${language}`, async () => {
      for (const model of others) {
        const asked = rig.received().length
        const { status, text } = await ask(rig.port, { language, model })
        assert.deepEqual([status, errorIn(text).code, errorIn(text).type], [404, 'unknown_model', 'not_found_error'])
        assert.equal(rig.received().length, asked)
      }
    })
})
