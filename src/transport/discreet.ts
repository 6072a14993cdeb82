import type { Delta } from '../core/delta.ts'
import { GatewayError } from '../core/errors.ts'
import { createMask } from '../core/redact.ts'
import type { Wire } from '../wire/wire.ts'

type Mask = (text: string) => string

const masked = (error: GatewayError, mask: Mask): GatewayError => {
  const { upstream, param } = error.details
  const maybe = (text: string | undefined): string | undefined => (text === undefined ? undefined : mask(text))
  return new GatewayError(error.code, mask(error.message), {
    ...error.details,
    param: maybe(param),
    upstream: upstream && {
      status: upstream.status,
      message: mask(upstream.message),
      type: maybe(upstream.type),
      code: maybe(upstream.code),
      param: maybe(upstream.param),
    },
  })
}

const isFailure = (delta: Delta): boolean => delta.kind === 'failure'

/** A wire whose errors never repeat these secrets, nor what looks like a key: some upstreams quote what they refuse. */
export const discreet = (wire: Wire, secrets: readonly string[]): Wire => {
  const mask = createMask(secrets)
  const tell = (delta: Delta): Delta =>
    delta.kind === 'failure' ? { ...delta, error: masked(delta.error, mask) } : delta
  return {
    ...wire,
    readError: (status, body, headers) => masked(wire.readError(status, body, headers), mask),
    reader: (form) => {
      const read = wire.reader(form)
      return (bytes) => {
        const deltas = read(bytes)
        return deltas.some(isFailure) ? deltas.map(tell) : deltas
      }
    },
  }
}
