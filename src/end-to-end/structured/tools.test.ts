import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openaiToolCalls, type ScriptStep } from '../../testing/index.ts'
import { invoice, post, startStructured } from './rig.ts'

const calls =
  (text: string, name = 'pay'): ScriptStep =>
  ({ body }) =>
    openaiToolCalls([{ name, arguments: text }], { stream: JSON.parse(body).stream === true })

const question = (more: object = {}) => ({
  model: 'chat',
  messages: [{ role: 'user', content: 'Pay it.' }],
  tools: [
    { type: 'function', function: { name: 'pay', parameters: invoice, strict: true } },
    { type: 'function', function: { name: 'look', parameters: invoice } },
  ],
  ...more,
})

const good = '{"total":12.5,"currency":"EUR"}'

const argumentsOf = async (response: Response): Promise<string> => {
  const { choices } = (await response.json()) as {
    choices: { message: { tool_calls: { function: { arguments: string } }[] } }[]
  }
  return choices[0]?.message.tool_calls[0]?.function.arguments ?? ''
}

describe('the arguments of a tool that is to be called by its schema', () => {
  test('pass as they came when they satisfy it', async () => {
    await using rig = await startStructured()
    rig.first.always(calls('{ "total": 12.5, "currency": "EUR" }'))
    assert.equal(await argumentsOf(await post(rig.running, question())), '{ "total": 12.5, "currency": "EUR" }')
  })

  test('are put right where that is certain', async () => {
    await using rig = await startStructured()
    rig.first.always(calls('{"total": "12.5", "currency": "eur",}'))
    assert.equal(await argumentsOf(await post(rig.running, question())), good)
    assert.equal(rig.first.journal.length, 1)
  })

  test('are asked for again with what was wrong, and else are an error', async () => {
    await using rig = await startStructured()
    rig.first.script(calls('{"total": 12.5}'), calls(good), calls('{}'), calls('{}'))
    assert.equal(await argumentsOf(await post(rig.running, question())), good)
    assert.match(rig.first.journal[1]?.body ?? '', /of the arguments of pay must have required property/)
    const refused = await post(rig.running, question())
    assert.equal(refused.status, 502)
    assert.match(await refused.text(), /output_invalid/)
  })

  test('are nobody’s business where the tool does not want them exact', async () => {
    await using rig = await startStructured()
    rig.first.always(calls('{"total": "x"}', 'look'))
    assert.equal(await argumentsOf(await post(rig.running, question())), '{"total": "x"}')
  })

  test('pass while they come, and break off where they cannot become right', async () => {
    await using rig = await startStructured()
    rig.first.script(calls(good), calls('{"total": 12.5, "currency": "GBP", "more": 1}'))
    const whole = await (await post(rig.running, question({ stream: true }))).text()
    assert.match(whole, /data: \[DONE\]/)
    const broken = await (await post(rig.running, question({ stream: true }))).text()
    assert.ok(broken.includes('output_invalid') && !broken.includes('[DONE]'))
  })
})
