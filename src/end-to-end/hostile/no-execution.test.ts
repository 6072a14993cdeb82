import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { after, describe, test } from 'node:test'
import { openaiText, rawRequest, startFakeUpstream } from '../../testing/index.ts'
import { ask, closeIdle, type Language } from '../faults/client.ts'
import { openaiAt } from '../faults/harness.ts'
import { startServing } from './cli-child.ts'
import { abuses } from './parameter-corpus.ts'
import { refused, understood } from './smuggling-corpus.ts'

/** What template engines, shells, evaluators and loaders would run. */
const programs = [
  ...[
    '{{7*191}}',
    '$' + '{7*191}',
    '<%= 7*191 %>',
    '#{7*191}',
    '*{7*191}',
    '@(7*191)',
    '[[7*191]]',
    '{%print(7*191)%}',
  ],
  ...[
    '$(expr 7 \\* 191)',
    '`expr 7 \\* 191`',
    ';expr 7 \\* 191;',
    '|| expr 7 \\* 191',
    '$' + '{jndi:ldap://127.0.0.1/a}',
  ],
  ...[
    'require("child_process").execSync("id")',
    'import("node:child_process")',
    'constructor.constructor("return 7*191")()',
  ],
  ...['process.exit(7)', 'data:text/javascript,process.exit(1)', 'file:///proc/self/environ', '!!js/function "x"'],
  ...['__import__("os").system("id")', '<script>process.exit()</script>', 'javascript:process.exit()'],
]

/** What a process may do that starts no other, makes no code from text, and loads none but its own. */
const walls = [
  ...['--permission', '--allow-fs-read=*', '--disallow-code-generation-from-strings', '--no-addons'],
  ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
]

describe('nothing that anybody sends is run', () => {
  after(closeIdle)

  for (const [what, attempt] of [
    ['starts a process', 'node:child_process").then(({ spawnSync }) => spawnSync(process.execPath))'],
    ['starts a thread', 'node:worker_threads").then(({ Worker }) => new Worker("0", { eval: true }))'],
    ['makes code from text', 'node:process").then(() => new Function("return 1")())'],
  ])
    test(`whoever ${what} behind these walls fails`, () => {
      const { status } = spawnSync(process.execPath, [
        ...walls,
        '--input-type=module',
        '-e',
        `await import("${attempt}`,
      ])
      assert.equal(status, 1)
    })

  test('behind them a server serves as always, whatever it is sent', async () => {
    await using upstream = await startFakeUpstream()
    upstream.always(({ body }) => openaiText(String(JSON.parse(body).messages.at(-1).content)))
    // A file would need the database, which is a thread and an addon of this machine.
    const config = { store: 'memory:', providers: { up: openaiAt(upstream.url) }, models: { chat: 'up/one' } }
    await using server = await startServing(config, {}, walls)
    for (const [language, cases] of Object.entries(abuses) as [Language, (typeof abuses)[Language]][])
      for (const { more } of Object.values(cases)) {
        const { status, text } = await ask(server.port, { language, more })
        assert.ok(status < 500, text)
      }
    for (const bytes of [...Object.values(refused), ...Object.values(understood).map((each) => each.bytes)])
      assert.doesNotMatch((await rawRequest(server.port, bytes, { idleMs: 10 })).text, /HTTP\/1\.1 5/)
    for (const language of ['openai', 'anthropic'] as const)
      for (const program of programs) {
        const headers = { 'x-tollgate-user': program, 'x-tollgate-session': program }
        const { status, text } = await ask(server.port, {
          language,
          prompt: program,
          headers,
          more: { metadata: { user_id: program } },
        })
        assert.equal(status, 200, text)
        assert.ok(text.includes(JSON.stringify(program).slice(1, -1)))
        assert.doesNotMatch(text, /1337/)
        assert.equal(JSON.parse(upstream.journal.at(-1)?.body ?? '').messages.at(-1).content, program)
      }
    assert.equal(await server.stop(), 0)
  })
})
