import { configJsonSchema } from '../config/json-schema.ts'
import { describeConfig } from '../config/load.ts'
import { plainBodies } from '../config/resolve-bodies.ts'
import { loadForCli } from './load.ts'
import { print, printJson, tell } from './output.ts'

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

export interface CheckOptions {
  readonly config?: string
  readonly json?: boolean
  /** Print what a configuration may hold instead of checking one. */
  readonly schema?: boolean
}

/** Reads the configuration and says whether a server would start with it; every complaint is thrown by the loader. */
export const check = async ({ config: file, json, schema }: CheckOptions): Promise<void> => {
  if (schema) return printJson(configJsonSchema())
  const config = await loadForCli(file, { listens: true })
  if (json) return printJson({ ok: true, config: describeConfig(config) })
  const source = config.file ?? 'no file: the defaults'
  const counts = [
    counted(config.providers.size, 'provider'),
    counted(config.models.size, 'model'),
    counted(config.keys.length, 'key'),
  ].join(', ')
  if (config.exposure)
    tell(`-- ${config.exposure.path}: ${config.exposure.problem}. It starts only where the store holds a key.`)
  const plain = plainBodies(config)
  if (plain !== undefined) tell(`-- telemetry.storeBodies: ${plain}.`)
  print(`The configuration is good (${source}): ${counts}.`)
}
