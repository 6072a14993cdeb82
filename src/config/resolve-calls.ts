import { dirname, resolve } from 'node:path'
import type * as z from 'zod'
import { type callsSchema, usualCalls } from './calls-schema.ts'
import type { CallsConfig } from './config.ts'
import { besideStore, type Place } from './resolve-cache.ts'

/** Where calls are kept, and for how long. Undefined: they are not. */
export const resolveCalls = (
  written: z.output<typeof callsSchema> | undefined,
  { store, file, directory, complain }: Place,
): CallsConfig | undefined => {
  if (written === false) return undefined
  const { keep, maxSize, file: own, prompts } = written === undefined || written === true ? usualCalls : written
  const base = file === undefined ? (directory ?? '.') : dirname(file)
  const path = own === undefined ? besideStore(store, 'calls') : resolve(base, own)
  if (path !== undefined && store.kind === 'sqlite' && path === store.path)
    complain(['telemetry', 'calls', 'file'], 'expected another file than that of the store')
  return { keepMs: keep, mostBytes: maxSize, path, prompts }
}
