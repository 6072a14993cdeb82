import type { Caller } from '../core/call.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { FileStore } from '../stores/file-store.ts'
import type { FeedbackDesk } from '../telemetry/feedback-desk.ts'
import type { Arrival } from './arrival.ts'
import { serveFeedback } from './feedback-door.ts'
import { serveFiles } from './files-door.ts'
import { isForLater, serveLater } from './job-later.ts'
import { serveJobs } from './jobs-door.ts'
import { type InferenceDoor, type KeptDoor, nothingAt, type RawDoor } from './routes.ts'
import { serveWebhookSecret, type WebhookSecretOf } from './webhook-door.ts'

export interface KeptDoorsOptions {
  /** Undefined: nothing can be done later. */
  readonly jobs?: Jobs | undefined
  /** Undefined: nothing is kept here, jobs neither. */
  readonly files?: FileStore | undefined
  /** Undefined: nobody says anything of answers. */
  readonly feedback?: FeedbackDesk | undefined
  /** Undefined: nobody is told of jobs. */
  readonly webhookSecret?: WebhookSecretOf | undefined
  readonly maxBodyBytes: number
  /** Of a file, and of a form that is a job. Default 256 MiB. */
  readonly maxFileBytes?: number | undefined
  /** Of followers. Default 10 000. */
  readonly keepAliveMs?: number | undefined
}

/** The doors of what callers keep here: their jobs and their files. */
export interface KeptDoors {
  /** Answers one request there, from a caller that may use the door. */
  serve(arrival: Arrival, door: KeptDoor, caller: Caller): Promise<void>
  /** Makes a job of a request at another door. */
  postpone(arrival: Arrival, asked: { readonly door: InferenceDoor | RawDoor; readonly caller: Caller }): Promise<void>
  /** Is a request at such a door to be postponed? `prefer`: what its header says. */
  isPostponed(door: InferenceDoor | RawDoor, prefer: string | readonly string[]): boolean
}

const defaultFileBytes = 256 * 1024 * 1024

export const createKeptDoors = (options: KeptDoorsOptions): KeptDoors => {
  const { jobs, files, maxFileBytes = defaultFileBytes } = options
  const ofJobs = jobs && files && { ...options, jobs, files, maxFileBytes }
  return {
    serve: async (arrival, door, caller) => {
      if (door.kind === 'jobs' && ofJobs) return serveJobs(arrival, caller, ofJobs)
      if (door.kind === 'files' && files) return serveFiles(arrival, caller, { files, maxFileBytes })
      if (door.kind === 'feedback' && options.feedback) return serveFeedback(arrival, caller, options.feedback)
      if (door.kind === 'webhooks' && options.webhookSecret)
        return serveWebhookSecret(arrival, caller, options.webhookSecret)
      throw nothingAt(arrival.path)
    },
    postpone: async (arrival, asked) => {
      if (!ofJobs) throw nothingAt('/v1/jobs')
      await serveLater(arrival, asked, ofJobs)
    },
    isPostponed: (door, prefer) => ofJobs !== undefined && isForLater(door, prefer),
  }
}
