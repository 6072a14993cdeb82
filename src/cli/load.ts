import process from 'node:process'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'

/**
 * The configuration as the command line finds it: `--config`, `TOLLGATE_CONFIG`, a file here, or what the machine
 * offers. `listens`: for a server, so that HOST and PORT count.
 */
export const loadForCli = async (file: string | undefined, { listens }: { listens: boolean }): Promise<Config> => {
  const { config } = await loadConfig({ file, environment: process.env, listens })
  return config
}
