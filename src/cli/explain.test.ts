import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { run, serve } from './spawned.ts'

const quick = 'providers:\n  sim: { kind: simulated, latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1000000 }\n'
const token = 'admin-token-of-this-test'
const files = {
  'tollgate.yaml': `${quick}server: { admin: { token: ${token} } }
models: { chat: [sim/small, sim/large] }
keys: [{ name: web, key: key-of-this-test-0, team: shop }]
teams: { shop: { budget: { usd: 5, per: day } } }
`,
  'body.json': '{"model":"chat","messages":[{"role":"user","content":"Hello"}],"max_completion_tokens":100}',
}

describe('tollgate explain', () => {
  test('shows who is asked, what binds and what it costs at most, and makes no file', async () => {
    const { code, output, errors } = await run(['explain', 'body.json', '-k', 'web'], { files })
    assert.equal(code, 0, errors)
    assert.match(output, /^chat for web, team shop: let in\.\n/)
    assert.match(output, /team:shop +usd +5 +0 +5 +0\.\d+/)
    assert.match(output, /\n1 +sim\/small +0\.\d+ +\d+ +100 +open\n2 +sim\/large/)
  })

  test('tells the refusal that the call would meet', async () => {
    const asked = ['explain', '-p', 'Hello', '-m', 'nothing', '-k', 'web']
    const { code, output } = await run(asked, { files })
    assert.equal(code, 0)
    assert.match(output, /^nothing for web, team shop: refused, unknown_model \(404\)/)
  })

  test('asks a server that runs, and prints the same JSON', async () => {
    await using server = await serve({ files })
    const common = ['explain', '-p', 'Hello', '-m', 'chat', '-k', 'web', '--json']
    const there = await run([...common, '--url', server.url, '--token', token], { files })
    const here = await run(common, { files })
    const [one, other] = [there, here].map(({ output }) => JSON.parse(output))
    assert.equal(one.admitted, true, there.output)
    assert.deepEqual(one.targets, other.targets)
    assert.deepEqual(one.budgets, other.budgets)
  })

  test('takes a body in another language, from standard input or of another door', async () => {
    const body = '{"model":"chat","max_tokens":50,"stream":true,"messages":[{"role":"user","content":"Hello"}]}'
    const asked = ['explain', 'other.json', '-k', 'web', '-e', '/v1/messages', '--json']
    const { output } = await run(asked, { files: { ...files, 'other.json': body } })
    const plan = JSON.parse(output)
    assert.deepEqual([plan.wire, plan.stream, plan.admitted], ['anthropic-messages', true, true])
    assert.equal(plan.targets[0].priceBound.outputTokensAtMost, 50)
    assert.deepEqual(plan.caller.scopes, ['gateway:*', 'team:shop', 'key:web'])
  })

  test('says what is missing', async () => {
    const noBody = await run(['explain'], { files })
    assert.equal(noBody.code, 2)
    const noKey = await run(['explain', 'body.json'], { files })
    assert.equal(noKey.code, 1)
    assert.match(noKey.errors, /key: must name a key/)
  })
})
