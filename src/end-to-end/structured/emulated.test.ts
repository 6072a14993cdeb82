import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openaiText, openaiToolCalls, type ScriptStep } from '../../testing/index.ts'
import { callers } from './callers.ts'
import { good, post, question, startStructured, textOf } from './rig.ts'

/** A kind of provider that knows no schemas, with a model that is known to call tools. */
const options = { kind: 'deepseek' } as const

const calling =
  (text: string): ScriptStep =>
  ({ body }) => {
    const { stream, tools = [] } = JSON.parse(body) as { stream?: boolean; tools?: { function: { name: string } }[] }
    const [tool] = tools
    return tool
      ? openaiToolCalls([{ name: tool.function.name, arguments: text }], { stream: stream === true })
      : openaiText(text, { stream: stream === true })
  }

describe('a target that knows no schemas', () => {
  test('is asked to call a tool with the answer, where it is known to call tools, and is heard as if it had said it', async () => {
    await using rig = await startStructured({ ...options, model: 'deepseek-v4-pro' })
    rig.first.always(calling(good))
    const response = await post(rig.running, question())
    const whole = (await response.clone().json()) as { choices: { finish_reason: string; message: object }[] }
    assert.equal(await textOf(response), good)
    assert.equal(whole.choices[0]?.finish_reason, 'stop')
    const { tools, response_format } = JSON.parse(rig.first.journal[0]?.body ?? '')
    assert.equal(response_format, undefined)
    assert.deepEqual(tools[0].function.parameters.required, ['total', 'currency'])
  })

  test('streams what it calls the tool with', async () => {
    await using rig = await startStructured({ ...options, model: 'deepseek-v4-pro' })
    rig.first.always(calling(good))
    const text = await (await post(rig.running, question({ stream: true }))).text()
    const said = [...text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)]
      .map(([, piece]) => JSON.parse(piece as string))
      .join('')
    assert.equal(said, good)
    assert.ok(
      text.includes('data: [DONE]') && text.includes('"finish_reason":"stop"') && !text.includes('tool_calls":['),
    )
  })

  test('is heard as well when it says the answer, and asked again when it says another', async () => {
    await using rig = await startStructured({ ...options, model: 'deepseek-v4-pro' })
    rig.first.script(openaiText(`So: ${good}`), calling('{"total": "?"}'), calling(good))
    assert.deepEqual(JSON.parse(await textOf(await post(rig.running, question()))), JSON.parse(good))
    assert.deepEqual(JSON.parse(await textOf(await post(rig.running, question()))), JSON.parse(good))
    assert.equal(rig.first.journal.length, 3)
  })

  test('is told in words when the caller has tools of its own', async () => {
    await using rig = await startStructured({ ...options, model: 'deepseek-v4-pro' })
    rig.first.always(openaiText(good))
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
    assert.equal(await textOf(await post(rig.running, question({ tools }))), good)
    assert.match(rig.first.journal[0]?.body ?? '', /It must satisfy this JSON Schema/)
  })
})

describe('official clients in front of a target that knows no formats', () => {
  for (const [name, ask] of Object.entries(callers)) {
    for (const streams of [false, true]) {
      test(`${name} reads what it asked for, ${streams ? 'streamed' : 'whole'}`, async () => {
        for (const given of [
          { kind: 'deepseek', model: 'deepseek-v4-pro' },
          { quirks: { schemaFormat: false, jsonFormat: false } },
        ]) {
          await using rig = await startStructured(given)
          rig.first.always(calling(`\`\`\`json\n${good}\n\`\`\``))
          assert.deepEqual(await ask(rig.running.url, streams), JSON.parse(good))
          assert.ok(!(rig.first.journal[0]?.body ?? '').includes('json_schema'))
        }
      })
    }
  }
})
