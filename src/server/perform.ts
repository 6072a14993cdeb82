import type { IncomingHttpHeaders } from 'node:http'
import { costOfCall, usageOfCall } from '../core/call.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Question } from '../core/question.ts'
import type { StopSignal } from '../core/stop.ts'
import { noUsage } from '../core/usage.ts'
import { deliver } from '../deliver.ts'
import { deliverRaw } from '../deliver-raw.ts'
import type { Foresee } from '../foresee.ts'
import type { Gateway, Opened } from '../gateway.ts'
import { ownerOf } from '../jobs/jobs.ts'
import type { JobDoors, Perform, Performed, Performing } from '../jobs/perform.ts'
import type { Plan } from '../routing/plan.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { Wire } from '../wire/wire.ts'
import { collectingOutlet } from './collecting-outlet.ts'
import { withFiles } from './file-references.ts'
import { rawQuestion, readQuestion } from './reading.ts'
import { findDoor, type InferenceDoor, type RawDoor, throughDoor, wireOfStranger } from './routes.ts'
import { pathOf } from './strict.ts'

export interface JobDoorsOptions {
  readonly gateway: Gateway
  /** What a question may cost at most, of its budgets. */
  readonly foresee: Foresee
  plan(): Plan
  /** Files that bodies name are put into them. Undefined: they stay as they are. */
  readonly files?: FileStore | undefined
  /** The largest answer that is kept. Default 64 MiB. */
  readonly maxResultBytes?: number | undefined
}

/** The doors of a gateway for jobs: the same as for live calls, without sockets. */
export const createJobDoors = (options: JobDoorsOptions): JobDoors => ({
  perform: performAt(options),
  check: (caller, { endpoint, model }) => {
    const door = doorFor(endpoint)
    throughDoor(caller, door)
    // How many are asked at once is looked at when it runs; money that is gone is told now.
    const denial = options.gateway.admit(caller, door.operation)
    if (denial?.code === 'budget_exhausted') throw denial
    if (model === '') return
    const route = options.plan().find(model)
    if (route && (caller.models?.includes(route.name) ?? true)) return
    throw new GatewayError(
      'unknown_model',
      `The model ${JSON.stringify(model.slice(0, 200))} does not exist or is not open to this key.`,
      { param: 'model' },
    )
  },
  foresee: async (asked) => options.foresee(await questionAt(doorFor(asked.endpoint), asked, options.files)),
})

const method = 'POST'

/** Doors at which something can be done later. */
const doorFor = (endpoint: string): InferenceDoor | RawDoor => {
  const { door } = findDoor(method, pathOf(endpoint), endpoint)
  if (door.kind === 'inference' || door.kind === 'raw') return door
  throw new GatewayError('invalid_request', `Nothing at ${endpoint.slice(0, 200)} can be done as a job.`)
}

const performAt =
  ({ gateway, files, maxResultBytes = 64 * 1024 * 1024 }: JobDoorsOptions): Perform =>
  async (asked) => {
    let wire: Wire = wireOfStranger(asked.endpoint, asked.headers)
    let opened: Opened | undefined
    try {
      const door = doorFor(asked.endpoint)
      throughDoor(asked.caller, door)
      if (door.kind === 'inference') wire = door.wire
      opened = gateway.open(withinJob(await questionAt(door, asked, files), asked))
      const outlet = collectingOutlet(maxResultBytes, asked.said)
      const leave = obey(asked.signal, opened)
      const delivered =
        door.kind === 'raw' ? deliverRaw(opened, { outlet, wire }) : deliver(opened, { wire, outlet, keepAliveMs })
      const error = await delivered.finally(leave)
      return {
        ...outlet.collected(),
        error: error && outlet.isFull ? tooLong(maxResultBytes) : error,
        call: opened.call.id,
        costNanos: costOfCall(opened.call.account),
        usage: usageOfCall(opened.call.account),
      }
    } catch (thrown) {
      return refused(asGatewayError(thrown), wire)
    }
  }

/** Nobody waits at the other end whose connection would have to be kept. */
const keepAliveMs = 2_147_483_647

const questionAt = async (
  door: InferenceDoor | RawDoor,
  { endpoint, body, caller, headers }: Pick<Performing, 'endpoint' | 'body' | 'caller' | 'headers'>,
  files: FileStore | undefined,
): Promise<Question> => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const asking = { caller, headers: headers as IncomingHttpHeaders }
  if (door.kind === 'raw') return rawQuestion(door, { method, target: endpoint, body: bytes }, asking)
  const whole = files ? await withFiles(door, bytes, { owner: ownerOf(caller), files }) : bytes
  return readQuestion(door, whole, asking)
}

/** Each attempt is a call of its own, within what is left until the job's deadline. */
const withinJob = (question: Question, { timeoutMs, priority, aside }: Performing): Question => ({
  ...question,
  priority,
  aside,
  id: undefined,
  idempotencyKey: undefined,
  timeoutMs: timeoutMs === undefined ? question.timeoutMs : Math.min(timeoutMs, question.timeoutMs ?? timeoutMs),
})

const obey = (signal: StopSignal, opened: Opened): (() => void) => {
  const stop = (): void => opened.cancel(asGatewayError(signal.reason))
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  return () => signal.removeEventListener('abort', stop)
}

const tooLong = (most: number): GatewayError =>
  new GatewayError('too_large', `The answer has more than ${most} bytes, which is the most that a job keeps.`)

const refused = (error: GatewayError, wire: Wire): Performed => ({
  status: error.status,
  contentType: 'application/json',
  body: Buffer.from(wire.writeError(error, 'whole')),
  error,
  call: undefined,
  costNanos: 0n,
  usage: noUsage,
})
