import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

/** What SQS is asked. */
export interface SqsAsked {
  /** `ReceiveMessage`. */
  readonly action: string
  /** What a batch is about, message by message; empty: it is no batch. */
  readonly entries: readonly Readonly<Record<string, unknown>>[]
}

export interface SqsAnswer {
  readonly status: number
  readonly body: object
}

export interface SqsBetween extends AsyncDisposable {
  readonly endpoint: string
}

/** Stands before an SQS, in its language; what `answer` does not answer is passed on. */
export const startSqsBetween = async (
  behind: string,
  answer: (asked: SqsAsked) => SqsAnswer | undefined,
): Promise<SqsBetween> => {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const action = String(request.headers['x-amz-target']).replace(/^AmazonSQS\./, '')
    const { Entries: entries = [] } = JSON.parse(body) as { readonly Entries?: SqsAsked['entries'] }
    const told = answer({ action, entries }) ?? (await passed(behind, action, body))
    response.writeHead(told.status, { 'content-type': jsonType }).end(JSON.stringify(told.body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const jsonType = 'application/x-amz-json-1.0'

const passed = async (behind: string, action: string, body: string): Promise<SqsAnswer> => {
  const headers = { 'content-type': jsonType, 'x-amz-target': `AmazonSQS.${action}` }
  const answered = await fetch(behind, { method: 'POST', headers, body })
  const told = await answered.text()
  return { status: answered.status, body: told === '' ? {} : JSON.parse(told) }
}
