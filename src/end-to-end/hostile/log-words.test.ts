import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { openaiError, openaiText, rawRequest, type Step, startFakeUpstream } from '../../testing/index.ts'
import { ask, bodyOf, closeIdle, type Language, pathOf } from '../faults/client.ts'
import { openaiAt, until } from '../faults/harness.ts'
import { startServing } from './cli-child.ts'
import { head } from './raw-requests.ts'

/** What a terminal, a line reader, a spreadsheet, a template or a page would obey. */
const evil = [
  'forged\n{"level":"info","message":"call","key":"root"}',
  'forged\r\n',
  '\u001b[2J\u001b[31mred\u001b[0m',
  '\u001b]0;title\u0007',
  '\u009b31mred',
  'bell\u0007 back\u0008 tab\t nul\u0000 del\u007f',
  'line\u2028paragraph\u2029next\u0085',
  'turned \u202eback\u202c, isolated \u2066so\u2069',
  '=cmd|"/C calc"!A0',
  '@SUM(1+1)*cmd',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '{{7*7}} $' + '{7*7} <%= 7*7 %> #{7*7} $(id) `id` $' + '{jndi:ldap://x/a}',
  '"} 1\n# HELP forged\nforged_total{x="',
  "'; DROP TABLE keys; --",
  'x'.repeat(10_000),
]

const languages: readonly Language[] = ['openai', 'anthropic']
/** Everything that moves a cursor, ends a line or turns a text around. */
const controls = /(?!\n)\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** In a header these can be said: nothing that ends it. */
const sayable = (text: string): string => text.replace(/[^\u0020-\u007e\u0080-\u00ff]/g, '?')

describe('words for the log', () => {
  after(closeIdle)

  test('whatever callers and upstreams say, each line is one object without control characters, and short', async () => {
    await using upstream = await startFakeUpstream()
    await using server = await startServing({
      providers: { up: openaiAt(upstream.url) },
      models: { chat: 'up/one' },
      telemetry: { log: 'debug' },
      retry: { attempts: 1 },
    })
    for (const language of languages)
      for (const [index, words] of evil.entries()) {
        const whole = openaiText(words, { model: words, finish: index % 2 ? words : 'stop' })
        const refusal = openaiError(400, words, words, { 'x-request-id': sayable(words) })
        const answers: Step[] = [whole, refusal, openaiText(words, { stream: true, model: words })]
        upstream.script(...answers)
        const header = sayable(words)
        const headers = {
          'x-tollgate-user': header.slice(0, 256),
          'x-tollgate-session': header.slice(0, 256),
          'user-agent': header,
          referer: header,
          'x-forwarded-for': header,
        }
        const more = { user: words, metadata: { user_id: words, words } }
        await ask(server.port, { language, headers, prompt: words, more })
        await ask(server.port, { language, model: `up/${words.slice(0, 200)}`, more })
        await ask(server.port, { language, stream: true, more })
        await ask(server.port, { language, model: words.slice(0, 250), more: { [words.slice(0, 90)]: 1 } })
        await ask(server.port, { language, headers: { 'x-tollgate-tags': `a=${header}` } })
        const body = bodyOf({ language })
        const lines = [`x-request-id: ${header}`, `Authorization: Bearer ${header}`, `Content-Length: ${body.length}`]
        upstream.script(whole)
        await rawRequest(server.port, Buffer.from(head(lines, `POST ${pathOf(language)} HTTP/1.1`) + body, 'latin1'), {
          idleMs: 30,
        })
        await rawRequest(server.port, `GET /${encodeURIComponent(words)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, {
          idleMs: 30,
        })
      }
    const metrics = await rawRequest(
      server.port,
      'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    )
    await until(() => server.output().log.length > 0, 'nothing was logged')
    await server.stop()
    const { log, told } = server.output()
    assert.doesNotMatch(log + told, controls)
    const lines = log.trimEnd().split('\n')
    assert.ok(lines.length > 100, `${lines.length} lines`)
    for (const line of lines) {
      const { level, time, message, key } = JSON.parse(line)
      assert.ok(line.length < 8_192, `${line.length} characters`)
      assert.ok(['debug', 'info', 'warn', 'error'].includes(level) && typeof time === 'string')
      assert.ok(message === 'configuration' || (message === 'call' && key === 'anonymous'), line)
    }
    assert.doesNotMatch(metrics.text, /forged|calc|jndi|alert|DROP|xxxx/)
    assert.doesNotMatch(metrics.text.replaceAll('\r\n', '\n'), controls)
  })
})
