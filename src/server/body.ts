import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { GatewayError } from '../core/errors.ts'

/** Bytes of bodies that may be in memory at once, all requests together; beyond it new ones are turned away unread. */
export interface BodyBudget {
  readonly most: number
  inUse: number
}

export const createBodyBudget = (most: number): BodyBudget => ({ most, inUse: 0 })

const jsonType = /^application\/json(?: *; *charset="?utf-8"?)?$/i

export const tooLarge = (most: number): GatewayError =>
  new GatewayError('too_large', `The body is larger than ${most} bytes, the limit of this server.`)

/** Refuses by the head alone what need not be read: another type, another encoding, a length over the limit. */
export const checkBodyHead = (headers: IncomingHttpHeaders, most: number): void => {
  if (!jsonType.test(headers['content-type'] ?? '')) {
    throw new GatewayError('unsupported_media_type', 'The body must be sent as content-type: application/json.')
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new GatewayError('unsupported_media_type', 'The body must not be compressed (content-encoding: identity).')
  }
  const length = headers['content-length']
  if (length !== undefined && Number(length) > most) throw tooLarge(most)
}

/** Reads a body to its end, never more than `most` bytes of it. Throws `too_large`, `overloaded`, `cancelled`. */
export const readBody = (request: IncomingMessage, most: number, budget: BodyBudget): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let parts: Buffer[] = []
    let size = 0
    let settled = false
    const stop = (error: GatewayError | undefined): void => {
      if (settled) return
      settled = true
      budget.inUse -= size
      const read = parts
      // The request lives until its answer is out; it must not keep the body that long.
      parts = []
      if (error) {
        request.off('data', onData)
        request.pause()
        reject(error)
      } else resolve(read.length === 1 ? (read[0] as Buffer) : Buffer.concat(read))
    }
    const onData = (part: Buffer): void => {
      size += part.length
      budget.inUse += part.length
      parts.push(part)
      if (size > most) stop(tooLarge(most))
      else if (budget.inUse > budget.most) {
        stop(new GatewayError('overloaded', 'The server holds as many request bodies as it may; try again shortly.'))
      }
    }
    const onEnd = (): void => stop(undefined)
    const onClose = (): void => {
      // Every request closes at last; an error is made only for one that did so too early.
      if (settled) return
      stop(
        new GatewayError('cancelled', 'The caller went away before its body was complete.', { outcome: 'cancelled' }),
      )
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose)
  })

const smallBody = 16 * 1024
const arrivalMs = 20

/**
 * Waits a moment for a small body that nobody will read: mostly it is here already, and then the connection can be kept
 * for the next request. Whoever is turned away asks again.
 */
export const dropSmallBody = (request: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    const length = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY)
    if (length > smallBody || request.headers.expect !== undefined) {
      resolve()
      return
    }
    const timer = setTimeout(resolve, arrivalMs)
    request.once('end', () => {
      clearTimeout(timer)
      resolve()
    })
    request.resume()
  })
