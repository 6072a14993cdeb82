import type { JsonObject } from '../../core/json.ts'
import type { CacheMark } from '../../core/request.ts'
import type { Target } from '../../core/target.ts'
import { type Family, familyOf } from './families.ts'

/** Which marks a model takes. */
export interface CachePoints {
  readonly inMessages: boolean
  readonly inTools: boolean
  /** Does it know a longer life than five minutes? */
  readonly long: boolean
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html: models of other makers refuse all of it. */
const families: Readonly<Record<Family, CachePoints>> = {
  claude: { inMessages: true, inTools: true, long: true },
  nova: { inMessages: true, inTools: false, long: false },
  openai: { inMessages: false, inTools: false, long: false },
  plain: { inMessages: false, inTools: false, long: false },
  unknown: { inMessages: true, inTools: true, long: true },
}

/** The marks that may be sent to a target. They change no answer, so others are left out. */
export const cachePointsOf = (target: Target): CachePoints => families[familyOf(target)]

/** The mark behind everything that is to be kept; five minutes is the default and needs no words. */
export const cachePoint = (cache: CacheMark, { long }: CachePoints): JsonObject => ({
  cachePoint: cache === 'long' && long ? { type: 'default', ttl: '1h' } : { type: 'default' },
})
