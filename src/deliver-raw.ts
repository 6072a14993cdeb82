import type { Answer } from './core/answer.ts'
import type { Call } from './core/call.ts'
import { asGatewayError, GatewayError } from './core/errors.ts'
import type { Outlet } from './deliver.ts'
import { errorHeaders } from './error-headers.ts'
import type { Opened } from './gateway.ts'
import { overheard } from './overheard.ts'
import type { Wire } from './wire/wire.ts'

export interface DeliverRawOptions {
  readonly outlet: Outlet
  /** The language in which the gateway's own errors are told. */
  readonly wire: Pick<Wire, 'idHeader' | 'writeError' | 'limitHeaders'>
}

/** Hands an answer on that passes unread. Settles when everything is said, with the error it ended with, if any; never rejects. */
export const deliverRaw = async (
  opened: Opened,
  { outlet: given, wire }: DeliverRawOptions,
): Promise<GatewayError | undefined> => {
  const { transcript } = opened
  const outlet = transcript ? overheard(given, transcript) : given
  let answer: Answer | undefined
  try {
    answer = await opened.answer
    await pass(answer, opened.call, outlet, wire)
    return undefined
  } catch (thrown) {
    const error = asGatewayError(thrown)
    answer?.cancel(error)
    opened.cancel(error)
    if (outlet.closed) return error
    // Bytes that break off must not look like all there are.
    if (answer && outlet.begun) outlet.abort()
    else tell(error, opened.call, outlet, wire)
    return error
  } finally {
    transcript?.end()
  }
}

const pass = async (answer: Answer, call: Call, outlet: Outlet, wire: DeliverRawOptions['wire']): Promise<void> => {
  const { head } = answer
  // The first bytes are waited for, so that what fails before them can still be told.
  for (let pulled = await answer.pull(); ; pulled = await answer.pull()) {
    if (outlet.closed) throw new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' })
    if (!outlet.begun) {
      outlet.head(head.status ?? 200, {
        ...ownHeaders(call, wire),
        ...head.headers,
        'x-tollgate-target': encodeURI(head.target.id.toWellFormed()),
      })
    }
    if (pulled === undefined) break
    await outlet.write(pulled.bytes)
  }
  outlet.end()
}

const tell = (error: GatewayError, call: Call, outlet: Outlet, wire: DeliverRawOptions['wire']): void => {
  const { answer } = error.details
  if (answer) {
    outlet.head(answer.status, { ...ownHeaders(call, wire), ...errorHeaders(error), ...answer.headers })
    outlet.end(answer.body)
    return
  }
  const body = wire.writeError(error, 'whole')
  outlet.head(error.status, {
    ...ownHeaders(call, wire),
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...errorHeaders(error),
  })
  outlet.end(body)
}

/** A provider's bytes are shown under the gateway's own address: no browser may run what is in them. */
const ownHeaders = (call: Call, wire: DeliverRawOptions['wire']): Record<string, string> => ({
  'x-request-id': call.id,
  [wire.idHeader]: call.id,
  'cache-control': 'no-store',
  vary: 'authorization',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'x-tollgate-attempts': String(call.account.attempts.filter(({ outcome }) => outcome !== 'incapable').length),
  ...(call.notes.limits && wire.limitHeaders(call.notes.limits, Date.now())),
})
