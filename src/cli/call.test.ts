import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { run } from './spawned.ts'

const quick = 'providers:\n  sim: { kind: simulated, latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1000000'
const files = { 'tollgate.yaml': `${quick} }\n` }
const failing = {
  'tollgate.yaml': `${quick}, failing: true }\n  other: { kind: simulated, failing: true }\nmodels:\n  chat: [sim/small, other/small]\nretry: { sameTarget: 0 }\n`,
}
const closingLine = /^-- sim\/small, \d+ tokens in, \d+ out \(measured\), \$0\.\d+, \d+ ms, 1 attempt\n$/

describe('tollgate call', () => {
  test('prints the answer, and on standard error who gave it, its tokens, its cost and its time', async () => {
    const { code, output, errors } = await run(['call', 'Hello'], { files })
    assert.equal(code, 0)
    assert.match(output, /^You asked: “Hello”.*\n$/)
    assert.match(errors, closingLine)
  })

  test('prints the answer as it comes, then the same closing line', async () => {
    const whole = await run(['call', 'Hello'], { files })
    const { code, output, errors } = await run(['call', 'Hello', '--stream'], { files })
    assert.equal(code, 0)
    assert.equal(output, whole.output)
    assert.match(errors, closingLine)
  })

  test('prints everything that is known as JSON', async () => {
    const { code, output, errors } = await run(['call', 'Hello', '--json', '--max-tokens', '5'], { files })
    const answer = JSON.parse(output)
    assert.equal(code, 0)
    assert.equal(errors, '')
    assert.equal(answer.target, 'sim/small')
    assert.equal(answer.finish, 'length')
    assert.equal(answer.usage.output, 5)
    assert.equal(answer.costUsd, '0.0000028')
  })

  test('prints a stream as JSON line by line, the whole answer last', async () => {
    const { code, output } = await run(['call', 'Hello', '--json', '--stream', '--max-tokens', '5'], { files })
    const lines = output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(code, 0)
    assert.equal(lines[0].kind, 'start')
    const last = lines.at(-1)
    assert.equal(last.kind, 'answer')
    const pieces = lines.filter((line) => line.kind === 'text').map((line) => line.text)
    assert.equal(last.text, pieces.join(''))
    assert.equal(last.costUsd, '0.0000028')
  })

  test('ends with 1 and one clear line when every target fails, and tells what was tried', async () => {
    const { code, output, errors } = await run(['call', 'Hello', '-m', 'chat'], { files: failing })
    assert.equal(code, 1)
    assert.equal(output, '')
    assert.equal(
      errors,
      'upstream_failed: sim/small failed, as it was told to.\n-- tried sim/small (server), then other/small (server)\n',
    )
  })

  test('tells a failure as JSON where JSON is asked for', async () => {
    const { code, output } = await run(['call', 'Hello', '-m', 'chat', '--json'], { files: failing })
    assert.equal(code, 1)
    const { error } = JSON.parse(output)
    assert.equal(error.code, 'upstream_failed')
    assert.equal(error.status, 502)
    assert.deepEqual(
      error.attempts.map((attempt: { target: string }) => attempt.target),
      ['sim/small', 'other/small'],
    )
  })

  test('ends with 1 for a model that does not exist, names a near one, and says how to list them', async () => {
    const { code, errors } = await run(['call', 'Hello', '-m', 'simm/small'], { files })
    assert.equal(code, 1)
    assert.match(errors, /^unknown_model: No model is called "simm\/small"; did you mean "sim\/small"\? /)
    assert.match(errors, /"tollgate models" lists all/)
  })

  test('says which key is missing for a model of a provider that is not there', async () => {
    const { code, errors } = await run(['call', 'Hello', '-m', 'openai/gpt-5-mini'], { files })
    assert.equal(code, 1)
    assert.match(
      errors,
      /no provider is called "openai"; set OPENAI_API_KEY, or add providers\.openai\. "tollgate models"/,
    )
  })

  test('gives up after its time', async () => {
    const slow = { 'tollgate.yaml': 'providers:\n  sim: { kind: simulated, latencyMs: { p50: 60000, p99: 60000 } }\n' }
    const { code, errors } = await run(['call', 'Hello', '--timeout-ms', '150'], { files: slow })
    assert.equal(code, 1)
    assert.match(errors, /^deadline_exceeded: The call was not complete within 150 ms\./)
  })

  test('works where HOST would need keys, since it does not listen', async () => {
    const { code } = await run(['call', 'Hello'], { files, environment: { HOST: '0.0.0.0' } })
    assert.equal(code, 0)
  })
})

describe('tollgate models', () => {
  const priced = {
    'tollgate.yaml':
      'providers:\n  local: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1/v1", models: [qwen3] }\nmodels:\n  chat: [sim/large, local/qwen3]\n',
  }

  test('lists public models with prices, sizes and targets; what is unknown is a question mark', async () => {
    const { code, output } = await run(['models'], { files: priced })
    assert.equal(code, 0)
    assert.deepEqual(output.split('\n'), [
      'MODEL        IN $/M  OUT $/M  CONTEXT  TARGETS',
      'chat         2       8        1000000  sim/large local/qwen3',
      'local/qwen3  ?       ?        ?        local/qwen3',
      'sim/small    0.1     0.4      128000   sim/small',
      'sim/large    2       8        1000000  sim/large',
      'sim/embed    0.02    0        8192     sim/embed',
      '',
    ])
  })

  test('lists the same as JSON, where what is unknown is null', async () => {
    const { code, output } = await run(['models', '--json'], { files: priced })
    assert.equal(code, 0)
    const [chat] = JSON.parse(output)
    assert.equal(chat.model, 'chat')
    assert.deepEqual(chat.targets[1], {
      target: 'local/qwen3',
      weight: 1,
      inputUsdPerMillion: null,
      outputUsdPerMillion: null,
      contextWindow: null,
      maxOutput: null,
    })
  })
})
