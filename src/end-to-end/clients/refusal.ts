import assert from 'node:assert/strict'
import Anthropic from '@anthropic-ai/sdk'
import { APICallError } from 'ai'
import OpenAI from 'openai'
import type { ClientName } from './cell.ts'

/** What a client's error tells, whatever its class. */
export interface Told {
  /** The class of the client. */
  readonly name: string
  readonly status: number | undefined
  readonly message: string
  /** The body as text. */
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

const entriesOf = (headers: Headers | undefined): Record<string, string> => Object.fromEntries(headers ?? [])

/** Reads an error of a client; throws it again when it is none. */
export const told = (client: ClientName, thrown: unknown): Told => {
  if (client === 'openai' && thrown instanceof OpenAI.APIError) {
    const { status, headers, error, message } = thrown
    return {
      name: thrown.constructor.name,
      status,
      message,
      body: JSON.stringify({ error }),
      headers: entriesOf(headers),
    }
  }
  if (client === 'anthropic' && thrown instanceof Anthropic.APIError) {
    const { status, headers, error, message } = thrown
    return { name: thrown.constructor.name, status, message, body: JSON.stringify(error), headers: entriesOf(headers) }
  }
  if (APICallError.isInstance(thrown)) {
    const { statusCode, message, responseBody = '', responseHeaders = {} } = thrown
    return { name: 'APICallError', status: statusCode, message, body: responseBody, headers: responseHeaders }
  }
  throw thrown
}

/** Runs what must fail, and gives what the client tells of it. */
export const failureOf = async (client: ClientName, run: () => Promise<unknown>): Promise<Told> => {
  let thrown: unknown
  try {
    await run()
  } catch (error) {
    thrown = error
  }
  assert.notEqual(thrown, undefined, 'nothing was thrown')
  return told(client, thrown)
}

/** The field that a refusal names, wherever the wire puts it. */
const refusedField = (body: string): unknown => {
  const { error, tollgate } = JSON.parse(body)
  return tollgate?.param ?? error.param
}

/** Runs what the gateway must refuse as the caller's mistake, with the name of the field. */
export const assertRefused = async (client: ClientName, run: () => Promise<unknown>, field: string): Promise<void> => {
  const { name, status, message, body } = await failureOf(client, run)
  assert.equal(status, 400)
  assert.equal(name, client.startsWith('ai-') ? 'APICallError' : 'BadRequestError')
  assert.ok(message.includes(field), `${message} does not name ${field}`)
  assert.match(String(refusedField(body)), new RegExp(`^${field}\\b`))
  assert.ok(body.includes('"code":"invalid_request"'), body)
}
