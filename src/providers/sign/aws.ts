import { AwsV4Signer } from 'aws4fetch'
import type { Signable } from '../provider.ts'

/** Who signs requests for Amazon, and where. */
export interface AwsIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of credentials that expire. */
  readonly sessionToken?: string | undefined
  readonly region: string
}

/** Signs requests (Signature Version 4), and learns from refusals what time it is there. */
export interface AwsSigner {
  sign(outgoing: Signable): Promise<Readonly<Record<string, string>>>
  /** True when the refusal of a signature for its time shows another time than was thought: signed anew, it may be taken. */
  learn(refusal: string, date: string | undefined): boolean
}

export interface AwsSignerOptions {
  /** The service's name in signatures, such as `bedrock`. */
  readonly service: string
  /** Unix milliseconds. Default: `Date.now`. */
  readonly now?: (() => number) | undefined
}

const aboutTime = /signature (?:expired|not yet current)|RequestTimeTooSkewed|RequestExpired/i
/** Amazon takes five minutes either way; less than this is no reason. */
const leastSkewMs = 30_000

/** A signer for one identity. Keys are derived once a day. */
export const createAwsSigner = (identity: AwsIdentity, { service, now = Date.now }: AwsSignerOptions): AwsSigner => {
  let skewMs = 0
  let day = ''
  let derived = new Map<string, ArrayBuffer>()
  return {
    sign: async ({ url, body }) => {
      const moment = new Date(now() + skewMs).toISOString()
      if (!moment.startsWith(day) || day === '') {
        day = moment.slice(0, 10)
        derived = new Map()
      }
      const datetime = moment.replaceAll(/[:-]|\.\d{3}/g, '')
      const { accessKeyId, secretAccessKey, sessionToken, region } = identity
      const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
      const request = { method: 'POST', url, body, service, region, datetime, cache: derived }
      const { headers } = await new AwsV4Signer({ ...credentials, ...request }).sign()
      return Object.fromEntries(headers)
    },
    learn: (refusal, date) => {
      if (date === undefined || !aboutTime.test(refusal)) return false
      const skew = Date.parse(date) - now()
      if (Number.isNaN(skew) || Math.abs(skew - skewMs) < leastSkewMs) return false
      skewMs = skew
      return true
    },
  }
}
