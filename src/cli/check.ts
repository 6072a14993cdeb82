import { describeConfig } from '../config/load.ts'
import { loadForCli } from './load.ts'
import { print, printJson } from './output.ts'

/** Reads the configuration and says whether a server would start with it; every complaint is thrown by the loader. */
export const check = async ({ config: file, json }: { config?: string; json?: boolean }): Promise<void> => {
  const config = await loadForCli(file, { listens: true })
  if (json) return printJson({ ok: true, config: describeConfig(config) })
  const source = config.file ?? 'no file: the defaults'
  const counts = `${config.providers.size} providers, ${config.models.size} models, ${config.keys.length} keys`
  print(`The configuration is good (${source}): ${counts}.`)
}
