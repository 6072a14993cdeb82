import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { Caller } from '../core/call.ts'
import { GatewayError } from '../core/errors.ts'
import { deliverRaw } from '../deliver-raw.ts'
import type { Gateway, Opened } from '../gateway.ts'
import type { Wire } from '../wire/wire.ts'
import { type BodyBudget, dropSmallBody, readBody, tooLarge } from './body.ts'
import { limited } from './limited.ts'
import { outletOf } from './outlet.ts'
import { passedTo, throughTo } from './passthrough.ts'
import { providerKeyOf } from './provider-key.ts'
import { questionOf } from './question.ts'
import { isJson, modelRequest, passedRequest, type RawArrival } from './raw-request.ts'
import { readOn } from './refusal.ts'
import type { RawDoor } from './routes.ts'

export interface RawSurroundings {
  readonly gateway: Gateway
  readonly clientKeys: ReadonlySet<string>
  readonly maxBodyBytes: number
  readonly bodies: BodyBudget
  readonly writeStallMs?: number | undefined
  /** The language in which the gateway's own errors are told. */
  readonly wire: Wire
}

/** One request at a door whose requests pass unread, from a caller that may use it. */
export const serveRaw = async (
  { request, response, door }: { request: IncomingMessage; response: ServerResponse; door: RawDoor },
  caller: Caller,
  surroundings: RawSurroundings,
): Promise<void> => {
  const { gateway, maxBodyBytes, bodies } = surroundings
  const { headers } = request
  const passed = door.operation === 'passthrough' ? passedTo(request.url ?? '') : undefined
  const asking = passed ? throughTo(caller, passed.provider) : caller
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes)
  const providerKey = providerKeyOf(headers, surroundings.clientKeys)
  const denial = providerKey ? undefined : gateway.admit(caller, door.operation)
  if (denial) {
    await dropSmallBody(request)
    throw denial
  }
  if (headers.expect !== undefined && request.httpVersionMinor === 1) response.writeContinue()
  const arrival: RawArrival = { operation: door.operation, method: request.method ?? 'POST', headers }
  let opened: Opened | undefined
  let refused: GatewayError | undefined
  const stop = (reason: GatewayError): void => {
    refused = reason
    opened?.cancel(reason)
  }
  const streams = passed !== undefined && hasBody(request) && !isJson(headers)
  const body: Buffer | Readable = streams
    ? request.pipe(limited(maxBodyBytes, stop))
    : await readBody(request, maxBodyBytes, bodies)
  const asked = passed
    ? passedRequest(arrival, passed, Buffer.isBuffer(body) && body.length === 0 ? undefined : body)
    : modelRequest(arrival, body as Buffer)
  const question = questionOf(asked, asking, headers)
  opened = gateway.open(providerKey ? { ...question, providerKey } : question)
  if (refused) opened.cancel(refused)
  const onClose = (): void => {
    if (!response.writableFinished)
      stop(new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' }))
  }
  response.on('close', onClose)
  await deliverRaw(opened, { outlet: outletOf(response, surroundings.writeStallMs), wire: surroundings.wire })
  response.off('close', onClose)
  // What is left of a body that was turned away would be taken for the next request.
  if (!request.complete) readOn(request.unpipe())
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
