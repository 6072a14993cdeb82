import process from 'node:process'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'

/**
 * The configuration as the command line finds it: `--config`, `TOLLGATE_CONFIG`, a file here, or what the machine
 * offers. `listens`: for a server, so that HOST, PORT and TOLLGATE_STORE count. `store`: one
 * that was named by hand.
 */
export const loadForCli = async (
  file: string | undefined,
  { listens, store }: { readonly listens: boolean; readonly store?: string | undefined },
): Promise<Config> => {
  const { config } = await loadConfig({ file, store, environment: process.env, listens })
  return config
}
