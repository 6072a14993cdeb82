import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Outlet } from '../deliver.ts'
import { type BodyBudget, readBody } from './body.ts'
import { outletOf } from './outlet.ts'
import { pathOf } from './strict.ts'

/** A request at a door, over a socket or not, and where its answer goes. */
export interface Arrival {
  readonly method: string
  /** As it was sent, without its query. */
  readonly path: string
  /** The same with its query. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly outlet: Outlet
  /** Aborted when the caller has left, and when the server stops. */
  readonly signal: AbortSignal
  /** Its whole body. Throws `too_large`, `overloaded`, `cancelled`. */
  read(most: number): Promise<Buffer>
  /** Its body as it comes. Leaving it off early leaves the caller there, to be told why. Throws `cancelled`. */
  stream(): AsyncIterable<Uint8Array>
}

export interface ArrivalOptions {
  readonly bodies: BodyBudget
  readonly writeStallMs?: number | undefined
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
}

/** A request over a socket as doors see it. */
export const arrivalOf = (
  request: IncomingMessage,
  response: ServerResponse,
  { bodies, writeStallMs, stopping }: ArrivalOptions,
): Arrival => {
  const { method = '', url = '', headers } = request
  const goOn = (): void => {
    if (headers.expect !== undefined && request.httpVersionMinor === 1) response.writeContinue()
  }
  return {
    method,
    path: pathOf(url),
    target: url,
    headers,
    outlet: outletOf(response, writeStallMs),
    signal: endOf(response, stopping),
    read: (most) => {
      goOn()
      return readBody(request, most, bodies)
    },
    stream: () => {
      goOn()
      return untilItLeaves(request)
    },
  }
}

const endOf = (response: ServerResponse, stopping: AbortSignal): AbortSignal => {
  const end = new AbortController()
  const abort = (): void => {
    stopping.removeEventListener('abort', abort)
    end.abort()
  }
  response.once('close', abort)
  if (stopping.aborted) abort()
  else stopping.addEventListener('abort', abort)
  return end.signal
}

async function* untilItLeaves(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    yield* request.iterator({ destroyOnReturn: false })
  } catch (cause) {
    throw request.destroyed && !request.complete ? gone(cause) : asGatewayError(cause)
  }
}

const gone = (cause: unknown): GatewayError =>
  new GatewayError('cancelled', 'The caller went away before its body was complete.', { outcome: 'cancelled', cause })
