import type { output } from 'zod'
import type { JobEngine } from '../core/job-engine.ts'
import type { Path } from './complaints.ts'
import type { Complain } from './issues.ts'
import type { jobQueueSchema } from './job-queue-schema.ts'

interface Written {
  readonly queue: output<typeof jobQueueSchema> | undefined
  readonly redis: string | undefined
}

interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly complain: Complain
}

/** What tells workers that there are jobs. Addresses of Redis hold passwords, and are not repeated in complaints. */
export const resolveJobQueue = ({ queue = 'embedded', redis }: Written, surroundings: Surroundings): JobEngine => {
  const { complain } = surroundings
  if (redis !== undefined) checkRedis(redis, complain)
  if (queue === 'embedded') return { kind: 'embedded' }
  if (queue === 'redis') return redisEngine(redis, '{tollgate}', complain)
  if (queue.redis && queue.sqs) complain(['queue'], 'expected redis or sqs, got both')
  else if (queue.redis) return redisEngine(redis, queue.redis.prefix, complain)
  else if (queue.sqs) return sqsEngine(queue.sqs, surroundings)
  else complain(['queue'], 'expected embedded, redis, or a map with redis or sqs')
  return { kind: 'embedded' }
}

const redisEngine = (url: string | undefined, prefix: string, complain: Complain): JobEngine => {
  if (url === undefined) complain(['redis'], `is missing; queue: redis needs an address such as redis://127.0.0.1:6379`)
  if (!/^[\w.{}:-]{1,64}$/.test(prefix))
    complain(['queue', 'redis', 'prefix'], 'expected letters, digits, ".", "-", "_", ":" and braces, at most 64')
  return { kind: 'redis', url: url ?? '', prefix }
}

const checkRedis = (url: string, complain: Complain): void => {
  const address = URL.parse(url)
  const isRedis = address?.protocol === 'redis:' || address?.protocol === 'rediss:'
  if (!isRedis || address.hostname === '')
    complain(['redis'], 'expected an address such as redis://127.0.0.1:6379 or rediss://user:password@host:6380/0')
  else if (!/^\/?\d*$/.test(address.pathname)) complain(['redis'], 'expected a number of a database after the slash')
}

type WrittenSqs = NonNullable<Exclude<output<typeof jobQueueSchema>, string>['sqs']>

const sqsEngine = ({ url, name, region, endpoint }: WrittenSqs, { environment, complain }: Surroundings): JobEngine => {
  const at: Path = ['queue', 'sqs']
  if (url === undefined && name === undefined)
    complain([...at, 'url'], 'is missing; write the address of the queue, or its name')
  if (url !== undefined && name !== undefined) complain([...at, 'name'], 'is in the address already', 'key')
  if (url !== undefined) checkHttp(url, [...at, 'url'], complain)
  if (endpoint !== undefined) checkHttp(endpoint, [...at, 'endpoint'], complain)
  if (name !== undefined && !/^[\w-]{1,75}(\.fifo)?$/.test(name))
    complain(
      [...at, 'name'],
      'expected letters, digits, "-" and "_", at most 80, with .fifo at the end of a FIFO queue',
    )
  const inAddress = url === undefined ? undefined : /^https:\/\/sqs\.([\w-]+)\.amazonaws\.com(?:\.cn)?\//.exec(url)?.[1]
  const where = region ?? inAddress
  if (where === undefined && !environment.AWS_REGION && !environment.AWS_DEFAULT_REGION)
    complain([...at, 'region'], 'is missing; write it, or set AWS_REGION')
  return {
    kind: 'sqs',
    queue: url === undefined ? { name: name ?? '' } : { url },
    region: where ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION,
    endpoint,
  }
}

const checkHttp = (url: string, path: Path, complain: Complain): void => {
  const address = URL.parse(url)
  if (address?.protocol !== 'https:' && address?.protocol !== 'http:')
    complain(path, 'expected an http or https address')
  else if (address.username !== '' || address.password !== '')
    complain(path, 'must not hold a user name or password; credentials are found as AWS tools find them')
}
