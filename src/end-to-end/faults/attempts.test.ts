import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import {
  anthropicText,
  type FakeUpstream,
  openaiText,
  type ReceivedRequest,
  startFakeUpstream,
} from '../../testing/index.ts'
import { attemptTable, confidential, type Row } from './attempt-table.ts'
import { ask, closeIdle, errorIn, saidIn, type Transcript } from './client.ts'
import { anthropicAt, type GatewayUnderTest, openaiAt, startGateway } from './harness.ts'

const fallback = 'The other one answers.'

interface Run {
  readonly row: Row
  readonly stream: boolean
  readonly second: boolean
  readonly elsewhere: FakeUpstream
}

interface Seen {
  readonly run: Run
  readonly answer: Transcript
  readonly first: readonly ReceivedRequest[]
  readonly second: readonly ReceivedRequest[]
  readonly gateway: GatewayUnderTest
}

const wants = (request: ReceivedRequest): boolean => JSON.parse(request.body).stream === true

/** Nobody is given this port by chance, as one that was just closed may be by the test beside this one. */
const closedPort = 1

/** Asks a fresh gateway once, and hands what was seen to `look` while everything is still open. */
const perform = async (run: Run, look: (seen: Seen) => Promise<void>): Promise<void> => {
  const { row, stream } = run
  await using first = await startFakeUpstream()
  await using second = await startFakeUpstream()
  const { upstream } = row
  if (typeof upstream === 'function') first.always((request) => upstream(wants(request), run.elsewhere.url))
  else if (upstream !== 'refused') first.always(upstream)
  const claude = row.language === 'anthropic'
  second.always((request) => (claude ? openaiText : anthropicText)(fallback, { stream: wants(request) }))
  const url = upstream === 'refused' ? `http://127.0.0.1:${closedPort}` : first.url
  await using gateway = await startGateway({
    providers: {
      up: claude ? anthropicAt(url) : openaiAt(url),
      other: claude ? openaiAt(second.url) : anthropicAt(second.url),
    },
    models: { chat: run.second ? ['up/one', 'other/two'] : ['up/one'] },
  })
  const language = run.row.name.length % 2 === 0 ? 'openai' : 'anthropic'
  const answer = await ask(gateway.port, { language, stream })
  await look({ run, answer, first: first.journal, second: second.journal, gateway })
}

const outcomesOf = ({ row, second }: Run): string[] => [
  ...Array<string>(second ? row.before : row.alone).fill(row.outcome),
  ...(second && row.next ? ['ok'] : []),
]

const checkAnswered = ({ run, answer }: Seen): void => {
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['x-tollgate-target'], 'other/two')
  if (!run.stream) {
    assert.ok(answer.text.includes(fallback))
    return
  }
  const said = saidIn(answer.text)
  assert.equal(said.words, fallback)
  assert.deepEqual([said.ends, said.finishes.length, said.errors], [1, 1, []])
}

const checkRefused = ({ run: { row }, answer }: Seen): void => {
  assert.equal(answer.status, row.status)
  assert.match(String(answer.headers['content-type']), /^application\/json/)
  const error = errorIn(answer.text)
  assert.equal(error.code, row.code)
  const targets = (error.tollgate.attempts as { target: string; outcome: string }[]).map(({ target }) => target)
  assert.deepEqual([...new Set(targets)], ['up/one'])
  if (row.says !== undefined) assert.ok(error.message.includes(row.says), error.message)
  const wait = answer.headers['retry-after']
  if (row.status === 429 || row.status === 503)
    assert.ok(Number(wait) >= 1 && Number(wait) <= 60, `retry-after ${wait}`)
  const never = row.code === 'upstream_auth' || row.status < 429 || wait === '60'
  assert.equal(answer.headers['x-should-retry'], String(!never))
}

const check = async (seen: Seen): Promise<void> => {
  const { run, answer, first, second, gateway } = seen
  const { row } = run
  const requests = run.second ? row.before : row.alone
  const falls = run.second && row.next
  if (row.upstream !== 'refused') assert.equal(first.length, requests, 'requests to the first target')
  assert.equal(second.length, falls ? 1 : 0, 'requests to the second target')
  assert.equal(run.elsewhere.journal.length, 0, 'nobody follows a redirect')
  if (falls) checkAnswered(seen)
  else checkRefused(seen)
  assert.equal(answer.headers['x-tollgate-attempts'], String(outcomesOf(run).length))
  const everything = answer.text + JSON.stringify(answer.headers)
  assert.ok(!everything.includes('127.0.0.1') && !everything.includes(confidential), everything)
  const record = await gateway.recordOf(answer.id)
  assert.deepEqual(
    record.attempts.map((line) => line.outcome),
    outcomesOf(run),
  )
  assert.deepEqual([record.outcome, record.error], falls ? ['ok', undefined] : ['error', row.code])
  const [one, two] = first
  if (!run.second && row.waitMs !== undefined && one && two) {
    assert.ok(two.receivedAt - one.receivedAt >= row.waitMs - 5, 'it waits as long as it was asked to')
  }
}

const title = ({ row, second, stream }: Run): string =>
  `${row.language ?? 'openai'}, ${row.name}, ${second ? 'another target' : 'no other target'}, ${stream ? 'stream' : 'whole'}`

describe('every failure before the first word', { concurrency: 12 }, async () => {
  const elsewhere = await startFakeUpstream()
  after(async () => {
    closeIdle()
    await elsewhere.close()
  })
  for (const row of attemptTable) {
    for (const second of [true, false]) {
      for (const stream of [true, false]) {
        if ((row.only ?? (stream ? 'stream' : 'whole')) !== (stream ? 'stream' : 'whole')) continue
        const run: Run = { row, second, stream, elsewhere }
        test(title(run), () => perform(run, check))
      }
    }
  }
})
