import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import process from 'node:process'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Served, serve } from '../src/cli/spawned.ts'
import { compiled } from '../src/testing/compiled.ts'

/** What an example prints; it must end by itself with code 0. Nothing of this machine is found by it. */
const run = async (name: string, environment: Readonly<Record<string, string>> = {}): Promise<string> => {
  const file = fileURLToPath(new URL(name, import.meta.url))
  const env = { ...compiled, PATH: process.env.PATH, OLLAMA_HOST: '127.0.0.1:1', ...environment }
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env, timeout: 30_000 })
  return stdout
}

/** What each example prints, line by line. */
const printed: Readonly<Record<string, RegExp>> = {
  'chat.ts': /^You asked: “What is a gateway\?”.*\n-- sim\/small, \d+ tokens, \$0\.\d+\n$/,
  'embed.ts': /^The central bank raised its interest rate\.\n-- sim\/embed, \d+ tokens, \$0\.\d+\n$/,
  'jobs.ts': /^3 wait\n(What is a (queue|worker|lease)\? succeeded in attempt 1, \$0\.\d+\n){3}$/,
  'object.ts': /^number in (EUR|USD), \$0\.\d+\n\{ total: 0, currency: 'EUR', lines: \[\] \}\n$/,
  'stream.ts': /^You asked: “Count to ten\.”.*\n-- stop after \d+ ms, \$0\.\d+\n$/,
  'fetch-handler.ts':
    /^200 text\/event-stream; charset=utf-8 sim\/small\n\d+ events, the last one: event: message_stop\n$/,
  'fallback.ts': new RegExp(
    [
      '^You asked: “Is anybody there\\?”.*',
      '-- answered by steady/small in attempt [23]',
      'upstream_failed: broken/small failed, as it was told to\\.',
      "\\[\\n? *\\{ target: 'broken/small', outcome: 'server' \\}[^\\]]*\\]",
      'tollgate_attempts_total\\{target="broken/small",outcome="server"\\} [2-4]',
      'tollgate_attempts_total\\{target="steady/small",outcome="ok"\\} 1',
      '$',
    ].join('\n'),
  ),
  'budget.ts':
    /^(step \d+: \$0\.\d+\n)+budget_exhausted: The budget "session:\*\/budget\/total" of session:run-1 has no room: .*\nYou asked: “What is next\?”.*\n$/,
  'openai-client.ts':
    /^You asked: “What is a gateway\?”.*\n-- sim\/small, \$0\.\d+\nweather\(\{"city":"[^"]+"\}\)\nrefused: unknown_model, status 404\n$/,
  'anthropic-client.ts':
    /^You asked: “What is a gateway\?”.*\n-- \d+ tokens in, \d+ out, (end_turn|max_tokens)\nstreamed: thinking, text\ncounted: \d+ tokens\nrefused: not_found_error, status 404\n$/,
}

describe('the examples', () => {
  let server: Served
  before(async () => {
    server = await serve()
  })
  after(() => server.stop())

  test('are all run here, or have a test of their own', async () => {
    const files = await readdir(new URL('.', import.meta.url))
    const isTested = (name: string): boolean => files.includes(name.replace(/\.ts$/, '.test.ts'))
    assert.deepEqual(
      files.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !isTested(name)).toSorted(),
      Object.keys(printed).toSorted(),
    )
  })

  for (const [name, pattern] of Object.entries(printed)) {
    test(`${name} prints what its reader expects`, async () => {
      assert.match(await run(name, { TOLLGATE_URL: server.url }), pattern)
    })
  }
})
