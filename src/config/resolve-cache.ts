import { createHash } from 'node:crypto'
import { dirname, join, parse, resolve } from 'node:path'
import type * as z from 'zod'
import type { CacheRules, SemanticRules } from '../core/cache-rules.ts'
import { offlineProblem } from '../similarity/offline.ts'
import type { cacheSchema, modelCacheSchema } from './cache-schema.ts'
import type { Path } from './complaints.ts'
import type { CacheConfig, StoreConfig } from './config.ts'
import type { Complain } from './issues.ts'
import { modelProblem, type Names } from './names.ts'

type Written = z.output<typeof modelCacheSchema>
type WrittenInFull = Exclude<Written, boolean | number>

const usual: CacheRules = {
  ttlMs: 3_600_000,
  staleMs: 0,
  scope: 'team',
  toolCalls: false,
  normalize: false,
  coalesce: true,
  paced: false,
}

const usuallySemantic: SemanticRules = {
  embed: { kind: 'ngrams' },
  maxFalseHits: 0.005,
  check: 0.05,
  shadow: false,
}

/** Where rules are written, and what they stand on. */
export interface CacheSetting {
  readonly path: Path
  readonly names: Names
  /** What holds where nothing else is said; undefined: nothing is kept. */
  readonly under?: CacheRules | undefined
  /** The public model they are for. */
  readonly own?: string | undefined
}

/** Written rules over others. Undefined: nothing is kept. */
export const resolveCache = (written: Written | undefined, setting: CacheSetting): CacheRules | undefined => {
  const { under } = setting
  if (written === undefined) return under
  if (written === false) return undefined
  if (written === true) return under ?? usual
  if (typeof written === 'number') return { ...(under ?? usual), ttlMs: written }
  return inFull(written, setting)
}

const inFull = (written: WrittenInFull, setting: CacheSetting): CacheRules => {
  const { under = usual } = setting
  return {
    ttlMs: written.ttl ?? under.ttlMs,
    staleMs: written.stale ?? under.staleMs,
    scope: written.scope ?? under.scope,
    toolCalls: written.toolCalls ?? under.toolCalls,
    normalize: written.normalize ?? under.normalize,
    coalesce: written.coalesce ?? under.coalesce,
    paced: written.paced ?? under.paced,
    semantic: resolveSemantic(written.semantic, under.semantic, setting),
  }
}

const resolveSemantic = (
  written: WrittenInFull['semantic'],
  under: SemanticRules | undefined,
  { path, names, own }: CacheSetting,
): SemanticRules | undefined => {
  if (written === undefined) return under
  if (written === false) return undefined
  const base = under ?? usuallySemantic
  if (written === true) return base
  const at = [...path, 'semantic']
  const { embed, judge } = written
  const isBuiltIn = embed === 'ngrams' || embed === 'offline'
  const missing = embed === 'offline' ? offlineProblem() : undefined
  if (missing !== undefined) names.complain([...at, 'embed'], missing)
  if (embed !== undefined && !isBuiltIn) checkModel(embed, [...at, 'embed'], { names, own })
  if (judge !== undefined) checkModel(judge, [...at, 'judge'], { names })
  return {
    embed: embed === undefined ? base.embed : isBuiltIn ? { kind: embed } : { kind: 'model', model: embed },
    // Another embedder has another measure.
    similarity: written.similarity ?? (embed === undefined ? base.similarity : undefined),
    maxFalseHits: written.maxFalseHits ?? base.maxFalseHits,
    check: written.check ?? base.check,
    judge: judge ?? base.judge,
    shadow: written.shadow ?? base.shadow,
  }
}

const checkModel = (model: string, path: Path, { names, own }: Pick<CacheSetting, 'names' | 'own'>): void => {
  const problem = model === own ? 'a model cannot compare its own questions; name one that makes vectors' : undefined
  const complaint = problem ?? modelProblem(model, names)
  if (complaint !== undefined) names.complain(path, complaint)
}

/** Where files are named, and who is told of what is wrong. */
export interface Place {
  readonly store: StoreConfig
  /** The configuration file, which what is written there is relative to. */
  readonly file?: string | undefined
  readonly directory?: string | undefined
  readonly complain: Complain
}

/** Where answers are kept, and how much of them. */
export const resolveTiers = (
  written: z.output<typeof cacheSchema>,
  { store, file, directory, complain }: Place,
): Omit<CacheConfig, 'models'> => {
  const base = file === undefined ? (directory ?? '.') : dirname(file)
  const path = written.file === undefined ? besideStore(store, 'cache') : resolve(base, written.file)
  if (written.file !== undefined && store.kind === 'memory')
    complain(['cache', 'file'], 'needs a store with a file: what questions are named by is kept there')
  if (path !== undefined && store.kind === 'sqlite' && path === store.path)
    complain(['cache', 'file'], 'expected another file than that of the store')
  return {
    memoryBytes: written.memory,
    disk: path === undefined || written.disk === 0 ? undefined : { path, mostBytes: written.disk },
    keys: keysOf(written.key, complain),
  }
}

/** Such as `tollgate-cache.db` beside `tollgate.db`, so that two stores of one folder do not share. */
export const besideStore = (store: StoreConfig, use: string): string | undefined => {
  if (store.kind === 'memory') return undefined
  const { dir, name, ext } = parse(store.path)
  return join(dir, `${name}-${use}${ext}`)
}

const keysOf = (written: string | readonly string[] | undefined, complain: Complain): CacheConfig['keys'] => {
  const texts = written === undefined ? [] : typeof written === 'string' ? [written] : written
  return texts.flatMap((text, index) => {
    const key = keyOf(text)
    const path = typeof written === 'string' ? ['cache', 'key'] : ['cache', 'key', index]
    if (key === undefined) complain(path, 'expected 32 bytes as base64 or 64 hexadecimal digits')
    return key === undefined ? [] : [{ id: createHash('sha256').update(key).digest('hex').slice(0, 16), key }]
  })
}

const keyOf = (text: string): Uint8Array | undefined => {
  if (/^[\da-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[\w+/-]{43}=?$/.test(text)) return undefined
  return Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64')
}
