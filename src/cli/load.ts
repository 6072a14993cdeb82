import process from 'node:process'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'

/** The configuration as the command line finds it: `--config`, `TOLLGATE_CONFIG`, a file here, or what the machine offers. */
export const loadForCli = async (file: string | undefined): Promise<Config> => {
  const { config } = await loadConfig({ file, environment: process.env })
  return config
}
