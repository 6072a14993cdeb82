import * as z from 'zod'
import { choice, duration, flag, oneOrMore, section, share, size, text } from './fields.ts'

const monthMs = 30 * 86_400_000

const ttl = () =>
  duration(
    {
      description: 'How long an answer is given again, give or take a tenth; at most 30 days.',
      examples: ['1h', '24h'],
    },
    { least: 1000, most: monthMs },
  )

const semanticInFull = section(
  {
    embed: text(
      {
        description:
          'What questions are compared by: `ngrams` (built in, no call, no download), `offline` (a small model in this process, where its package is installed), a public model, or `provider/model`.',
        examples: ['ngrams', 'openai/text-embedding-3-small'],
      },
      'model',
    ).optional(),
    similarity: share({
      description: 'The least likeness (cosine) of two questions. Default: the one that suits what compares them.',
      examples: [0.95],
    }).optional(),
    maxFalseHits: share({
      description:
        'So many requests of a scope may get an answer that does not fit; beyond that only equal questions are answered from memory until it is better again. Default: 0.5%.',
      examples: ['0.5%'],
    }).optional(),
    check: share({
      description:
        'Of what could be answered so, this share is asked upstream as well, and both answers are compared. Default: 5%.',
      examples: ['5%'],
    }).optional(),
    judge: text(
      {
        description:
          'A model that says whether two answers say the same. Default: they are compared by what they hold.',
        examples: ['openai/gpt-5-mini'],
      },
      'model',
    ).optional(),
    shadow: flag({
      description: 'Nothing is answered so, it is only counted what would be. Default: false.',
      examples: [true],
    }).optional(),
  },
  { description: 'How questions that say nearly the same are answered from memory.' },
)

const inFull = section(
  {
    ttl: ttl().optional(),
    stale: duration(
      {
        description:
          'How long after that it is still given while a new one is asked for in the background; at most 30 days. Default: 0s.',
        examples: ['10m'],
      },
      { least: 0, most: monthMs },
    ).optional(),
    scope: choice(['key', 'team', 'org', 'gateway'], {
      description:
        'Who shares answers. `team` means the key where it has no team, `org` the team where it has no org; `gateway` means everybody. Default: `team`.',
      examples: ['key'],
    }).optional(),
    toolCalls: flag({
      description: 'Whether answers are kept in which the model calls tools. Default: false.',
      examples: [true],
    }).optional(),
    normalize: flag({
      description:
        'Whether questions count as the same that differ in white space and in the form of their letters. Default: false.',
      examples: [true],
    }).optional(),
    coalesce: flag({
      description: 'Whether equal questions that are under way at the same time are asked once. Default: true.',
      examples: [false],
    }).optional(),
    paced: flag({
      description: 'Whether streams from memory come as slowly as they came the first time. Default: false.',
      examples: [true],
    }).optional(),
    semantic: z
      .union([z.boolean(), semanticInFull], { error: 'expected true, false or a map' })
      .optional()
      .meta({
        title: 'map',
        description:
          'Whether, and how, a question is also answered like one that says nearly the same; `true`: as is usual. Default: false.',
        examples: [true, { embed: 'openai/text-embedding-3-small', check: '5%' }],
      }),
  },
  { description: 'How answers are kept and given again.' },
)

const rules = (description: string) =>
  z.union([z.boolean(), ttl(), inFull], { error: 'expected true, false, a duration such as 1h, or a map' }).meta({
    title: 'map',
    description,
    examples: ['1h', true, { ttl: '1h', stale: '10m', scope: 'key' }],
  })

/** `cache` of a model. */
export const modelCacheSchema = rules(
  'Whether, and how, its answers are kept and given again to the same question: `true`, how long, or a map; what is not given is taken from `models` of the top-level `cache`. `false`: never. Default: as there, and where nothing stands there, never.',
)

/** `cache` at the top: what is kept, where, and how much of it. */
export const cacheSchema = section(
  {
    models: rules(
      'What holds for every model, `provider/model` included, that does not say otherwise. Default: `false`.',
    ).optional(),
    memory: size(
      { least: 0, most: 1024 ** 4 },
      { description: 'How much is kept in memory, the quickest; 0: nothing.', examples: ['256MiB'] },
    ).prefault('64MiB'),
    disk: size(
      { least: 0, most: 1024 ** 5 },
      {
        description:
          'How much is kept in a file as well, so that it outlives a restart and processes on one machine share it; 0: nothing.',
        examples: ['10GiB', 0],
      },
    ).prefault('1GiB'),
    file: text(
      {
        description:
          'That file, relative to this one. Default: beside the store, as `tollgate-cache.db` beside `tollgate.db`; with `store: memory` none.',
        examples: ['/var/cache/tollgate.db'],
      },
      'path',
    ).optional(),
    key: oneOrMore(
      text({
        description: '32 bytes as base64 or 64 hexadecimal digits.',
        examples: [`\${CACHE_KEY}`],
      }),
      {
        description:
          'What answers are encrypted with in the file: 32 bytes as base64 or 64 hexadecimal digits. With several the first encrypts and all decrypt, so that keys can be exchanged. Default: they are not encrypted.',
        examples: [`\${CACHE_KEY}`],
      },
      'key',
    ).optional(),
  },
  { description: 'Answers that are kept and given again; nothing is until a model asks for it.' },
)
