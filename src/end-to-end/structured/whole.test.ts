import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openaiToolCalls } from '../../testing/index.ts'
import { good, invoice, post, question, says, startStructured, textOf } from './rig.ts'

interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly tollgate: { readonly violations: readonly { readonly pointer: string }[] }
  }
}

const sent = (body: string) =>
  JSON.parse(body) as { messages: { role: string; content: string }[]; response_format?: { type: string } }

describe('a whole answer in JSON', () => {
  test('passes as it came when it satisfies its schema', async () => {
    await using rig = await startStructured()
    const spaced = '{ "total": 12.5, "currency": "EUR" }'
    rig.first.always(says(spaced))
    const response = await post(rig.running, question())
    assert.equal(await textOf(response), spaced)
    assert.equal(response.headers.get('x-tollgate-attempts'), '1')
  })

  test('is taken out of what stands around it, and put right where that is certain', async () => {
    for (const said of [
      `\`\`\`json\n${good}\n\`\`\``,
      `Here it is: ${good} Anything else?`,
      "{'total': 12.5, 'currency': 'EUR',}",
      '{"total": "12.5", "currency": "eur"}',
      '{"Total": 12.5, "currency": "EUR"}',
    ]) {
      await using rig = await startStructured()
      rig.first.always(says(said))
      const response = await post(rig.running, question())
      assert.deepEqual(JSON.parse(await textOf(response)), JSON.parse(good), said)
      assert.equal(rig.first.journal.length, 1)
    }
  })

  test('is asked for again with what was wrong, and both attempts are paid', async () => {
    await using rig = await startStructured()
    rig.first.script(
      says('{"total":"a lot","currency":"EUR"}', { usage: { input: 100, output: 10 } }),
      says(good, { usage: { input: 150, output: 10 } }),
    )
    const response = await post(rig.running, question())
    assert.equal(await textOf(response), good)
    assert.equal(response.headers.get('x-tollgate-attempts'), '2')
    // A dollar for a million tokens, 270 of them.
    assert.equal(response.headers.get('x-tollgate-cost-usd'), '0.00027')
    const [, again] = rig.first.journal
    const { messages, response_format } = sent(again?.body ?? '')
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['user', 'assistant', 'user'],
    )
    assert.match(messages[1]?.content ?? '', /a lot/)
    assert.match(messages[2]?.content ?? '', /\/total must be number/)
    assert.equal(response_format?.type, 'json_schema')
  })

  test('is asked of other models, then is the default, and else an error that says where', async () => {
    const wrong = says('no')
    await using rig = await startStructured({ output: { attempts: 2, fallback: ['other'] } })
    rig.first.always(wrong)
    rig.second.always(says(good))
    const response = await post(rig.running, question())
    assert.equal(await textOf(response), good)
    assert.equal(response.headers.get('x-tollgate-target'), 'second/m')
    assert.equal(rig.first.journal.length, 2)

    await using defaulted = await startStructured({ output: { attempts: 1, default: { total: 0, currency: 'EUR' } } })
    defaulted.first.always(wrong)
    assert.deepEqual(JSON.parse(await textOf(await post(defaulted.running, question()))), { total: 0, currency: 'EUR' })

    await using failing = await startStructured({ output: { attempts: 3 } })
    failing.first.always(says('{"total":1,"currency":"GBP"}'))
    const refused = await post(failing.running, question())
    assert.equal(refused.status, 502)
    assert.equal(refused.headers.get('x-should-retry'), 'false')
    const { error } = (await refused.json()) as ErrorBody
    assert.equal(error.code, 'output_invalid')
    assert.deepEqual(
      error.tollgate.violations.map(({ pointer }) => pointer),
      ['/currency'],
    )
    assert.equal(failing.first.journal.length, 3)
  })

  test('is left alone when the model would not, called a tool, or ran into a limit', async () => {
    await using rig = await startStructured()
    const calling = openaiToolCalls([{ name: 'look', arguments: '{}' }])
    rig.first.script(says('{"total":', { finish: 'length' }), calling)
    const cut = await post(rig.running, question({ max_tokens: 3 }))
    assert.equal(await textOf(cut), '{"total":')
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
    const called = (await (await post(rig.running, question({ tools }))).json()) as {
      choices: [{ finish_reason: string }]
    }
    assert.equal(called.choices[0].finish_reason, 'tool_calls')
    assert.equal(rig.first.journal.length, 2)
  })

  test('passes as it comes where the configuration says so, or nobody asked for JSON', async () => {
    await using rig = await startStructured({ output: false })
    rig.first.always(says('no'))
    assert.equal(await textOf(await post(rig.running, question())), 'no')
    await using usual = await startStructured()
    usual.first.always(says('no'))
    assert.equal(await textOf(await post(usual.running, { ...question(), response_format: undefined })), 'no')
    assert.equal(await textOf(await post(usual.running, { ...question(), response_format: { type: 'text' } })), 'no')
  })

  test('is an object where only JSON is asked for', async () => {
    await using rig = await startStructured()
    rig.first.script(says('[1]'), says('```\n{"a": 1}\n```'))
    const response = await post(rig.running, question({ response_format: { type: 'json_object' } }))
    assert.deepEqual(JSON.parse(await textOf(response)), { a: 1 })
    assert.equal(rig.first.journal.length, 2)
  })

  test('must hold what the configuration wants beyond the schema', async () => {
    await using rig = await startStructured({ output: { rules: [{ at: '/currency', oneOf: ['USD'] }] } })
    rig.first.script(says(good), says('{"total":1,"currency":"USD"}'))
    assert.match(await textOf(await post(rig.running, question())), /USD/)
    assert.match(rig.first.journal[1]?.body ?? '', /must be one of/)
  })

  test('is told of in words to a target that knows no formats', async () => {
    for (const [quirks, format] of [
      [{ schemaFormat: false }, 'json_object'],
      [{ schemaFormat: false, jsonFormat: false }, undefined],
    ] as const) {
      await using rig = await startStructured({ quirks })
      rig.first.always(says(`\`\`\`\n${good}\n\`\`\``))
      assert.deepEqual(JSON.parse(await textOf(await post(rig.running, question()))), JSON.parse(good))
      const { messages, response_format } = sent(rig.first.journal[0]?.body ?? '')
      assert.equal(messages[0]?.role, 'system')
      assert.match(messages[0]?.content ?? '', /additionalProperties/)
      assert.equal(response_format?.type, format)
    }
  })

  test('is refused for a schema that cannot be used, where the configuration wants it checked', async () => {
    const remote = { type: 'json_schema', json_schema: { name: 'x', schema: { $ref: 'http://127.0.0.1:1/x' } } }
    await using strict = await startStructured({ output: {} })
    const refused = await post(strict.running, question({ response_format: remote }))
    assert.equal(refused.status, 400)
    assert.match(await refused.text(), /only references within/)
    assert.equal(strict.first.journal.length, 0)
    await using usual = await startStructured()
    usual.first.always(says('{}'))
    assert.equal((await post(usual.running, question({ response_format: remote }))).status, 200)
  })

  test('has all its choices checked', async () => {
    await using rig = await startStructured()
    const choice = (index: number, content: string) => ({
      index,
      message: { role: 'assistant', content },
      finish_reason: 'stop',
    })
    rig.first.always({
      body: JSON.stringify({
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [choice(0, good), choice(1, `So: ${good}`)],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      }),
    })
    const { choices } = (await (await post(rig.running, question({ n: 2 }))).json()) as {
      choices: { message: { content: string } }[]
    }
    assert.deepEqual(
      choices.map(({ message }) => JSON.parse(message.content)),
      [JSON.parse(good), JSON.parse(good)],
    )
  })

  test('is asked for again when its target broke off, and that is the error in the end', async () => {
    await using rig = await startStructured({ output: { attempts: 2, mode: 'buffer' } })
    rig.first.script({ status: 500, body: '{}' }, { status: 500, body: '{}' })
    const failed = await post(rig.running, question())
    assert.equal(failed.status, 502)
    assert.match(await failed.text(), /upstream_failed/)
  })

  test('keeps its schema out of the way of nobody else', async () => {
    await using rig = await startStructured()
    rig.first.always(says(good))
    const all = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        post(
          rig.running,
          question({
            response_format: {
              type: 'json_schema',
              json_schema: { name: 'i', schema: { ...invoice, description: String(index) } },
            },
          }),
        ).then(textOf),
      ),
    )
    assert.ok(all.every((text) => text === good))
  })
})

describe('figures of answers in JSON', () => {
  test('tell by schema how they became valid, and what asking again cost', async () => {
    await using rig = await startStructured({ output: { attempts: 2 } })
    const usage = { input: 20, output: 7 }
    rig.first.script(
      says(good, { usage }),
      says(`So: ${good}`, { usage }),
      says('no', { usage }),
      says(good, { usage }),
      says('no', { usage }),
      says('no', { usage }),
    )
    for (let asked = 0; asked < 4; asked++) await (await post(rig.running, question())).arrayBuffer()
    const text = await (await fetch(`${rig.running.url}/metrics`)).text()
    const count = (rung: string, first: boolean): string | undefined =>
      new RegExp(
        `^tollgate_output_total\\{model="chat",schema="invoice",rung="${rung}",first_try="${first}"\\} (\\S+)$`,
        'm',
      ).exec(text)?.[1]
    assert.deepEqual(
      [count('native', true), count('extracted', false), count('asked_again', false), count('invalid', false)],
      ['1', '1', '1', '1'],
    )
    assert.match(text, /^tollgate_output_repair_usd_total\{model="chat"\} 0\.000054$/m)
  })
})
