import assert from 'node:assert/strict'
import { EventStreamCodec } from '@smithy/eventstream-codec'
import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString('utf8'),
  (text) => Buffer.from(text, 'utf8'),
)

/** An event of a stream, as Amazon's decoder reads it. */
export interface HeardEvent {
  readonly type: 'event' | 'exception'
  readonly name: string
  readonly value: JsonObject
}

/** The events in bytes, and how many bytes at the end are of none that is whole. */
export const eventsIn = (bytes: Buffer): { readonly events: readonly HeardEvent[]; readonly rest: number } => {
  const events: HeardEvent[] = []
  let at = 0
  while (bytes.length - at >= 16 && bytes.length - at >= bytes.readUInt32BE(at)) {
    const end = at + bytes.readUInt32BE(at)
    const { headers, body } = codec.decode(bytes.subarray(at, end))
    const type = headers[':message-type']?.value === 'event' ? 'event' : 'exception'
    const name = headers[type === 'event' ? ':event-type' : ':exception-type']?.value
    const value: JsonValue = JSON.parse(Buffer.from(body).toString('utf8'))
    assert.ok(typeof name === 'string' && isObject(value))
    events.push({ type, name, value })
    at = end
  }
  return { events, rest: bytes.length - at }
}

/** What Amazon's clients throw: the class is in a header, or the first event that is none. */
export class AwsFailure extends Error {
  override readonly name: string
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>

  constructor(told: Pick<AwsFailure, 'name' | 'message' | 'status' | 'body' | 'headers'>) {
    super(told.message)
    this.name = told.name
    this.status = told.status
    this.body = told.body
    this.headers = told.headers
  }
}

export interface Asking {
  readonly url: string
  readonly model: string
  readonly body: JsonObject
  readonly stream: boolean
  readonly key?: string | undefined
}

/** Sends what Amazon's clients send when they have a key of Bedrock: the model in the path, encoded, the key as a bearer. */
export const send = ({ url, model, body, stream, key = 'sk-caller' }: Asking): Promise<Response> =>
  fetch(`${url}/model/${encodeURIComponent(model)}/${stream ? 'converse-stream' : 'converse'}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: stream ? 'application/vnd.amazon.eventstream' : 'application/json',
      'x-amz-user-agent': 'aws-sdk-js/3.1000.0',
      'user-agent': 'aws-sdk-js/3.1000.0 ua/2.1 os/linux lang/js api/bedrock-runtime#3.1000.0',
      'amz-sdk-invocation-id': '5b2f4a0e-8e0b-4c8e-9a53-6a2f7f3c1d11',
      'amz-sdk-request': 'attempt=1; max=3',
    },
    body: JSON.stringify(body),
  })

/** The failure that an answer tells, as a client would throw it. */
export const failureIn = async (response: Response): Promise<AwsFailure> => {
  const body = await response.text()
  const headers = Object.fromEntries(response.headers)
  const { message } = JSON.parse(body)
  return new AwsFailure({ name: headers['x-amzn-errortype'] ?? '', message, status: response.status, body, headers })
}

/** A whole answer. */
export const converse = async (asking: Omit<Asking, 'stream'>): Promise<JsonObject> => {
  const response = await send({ ...asking, stream: false })
  if (!response.ok) throw await failureIn(response)
  return JSON.parse(await response.text())
}

/** The events of a stream as they come; throws at an exception inside it. Types that are not known are passed over. */
export async function* converseStream(asking: Omit<Asking, 'stream'>): AsyncGenerator<HeardEvent> {
  const response = await send({ ...asking, stream: true })
  if (!response.ok || !response.body) throw await failureIn(response)
  assert.equal(response.headers.get('content-type'), 'application/vnd.amazon.eventstream')
  let waiting: Buffer = Buffer.alloc(0)
  for await (const bytes of response.body) {
    waiting = Buffer.concat([waiting, bytes])
    const { events, rest } = eventsIn(waiting)
    waiting = waiting.subarray(waiting.length - rest)
    for (const event of events) {
      if (event.type === 'exception') {
        const body = JSON.stringify(event.value)
        throw new AwsFailure({ name: event.name, message: String(event.value.message), status: 200, body, headers: {} })
      }
      if (known.has(event.name)) yield event
    }
  }
  assert.equal(waiting.length, 0, 'the stream ended in the middle of an event')
}

const known: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
])
