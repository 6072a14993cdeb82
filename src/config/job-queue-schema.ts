import * as z from 'zod'
import { section, text } from './fields.ts'

const redis = section(
  {
    prefix: text({
      description:
        'Stands before every key in Redis: gateways with different stores must not share it. Braces keep its keys in one slot of a cluster.',
      examples: ['{staging}'],
    }).prefault('{tollgate}'),
  },
  { description: 'Redis, by BullMQ; its address is the top-level `redis`.' },
)

const sqs = section(
  {
    url: text(
      {
        description: 'The address of the queue.',
        examples: ['https://sqs.eu-central-1.amazonaws.com/123456789012/tollgate'],
      },
      'address',
    ).optional(),
    name: text({
      description: 'Its name, in place of the address. One that ends in `.fifo` is a FIFO queue.',
      examples: ['tollgate'],
    }).optional(),
    region: text({
      description: 'Its region. Default: the one in the address, else `AWS_REGION`.',
      examples: ['eu-central-1'],
    }).optional(),
    endpoint: text(
      { description: 'Where SQS is asked. Default: at AWS.', examples: ['http://127.0.0.1:4566'] },
      'address',
    ).optional(),
  },
  { description: 'A queue of Amazon SQS, `url` or `name`. Credentials are found as AWS tools find them.' },
)

const inFull = section(
  { redis: redis.optional(), sqs: sqs.optional() },
  { description: 'An engine with its settings.' },
)

const error = 'expected embedded, redis, or a map with redis or sqs'
const word = z.enum(['embedded', 'redis'], { error }).meta({ title: 'word', description: 'An engine as it is usual.' })

/** `queue` at the top: what tells workers that there are jobs. */
export const jobQueueSchema = z.union([word, inFull], { error }).meta({
  title: 'word or map',
  description:
    'What tells workers that there are jobs: `embedded` (nothing beside the store), `redis` (BullMQ), or a map with `redis` or `sqs`. The jobs themselves are in the store, whatever this is. Default: `embedded`.',
  examples: ['redis', { sqs: { name: 'tollgate', region: 'eu-central-1' } }],
})

/** `redis` at the top. */
export const redisField = text(
  {
    description:
      'The Redis that `queue: redis` uses: `redis://`, or `rediss://` for TLS, with user, password and database where it has them.',
    examples: [`\${REDIS_URL}`, 'rediss://tollgate:secret@redis.internal:6380/0'],
  },
  'address',
)
