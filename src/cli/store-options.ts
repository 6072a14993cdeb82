import type { Command } from 'commander'

/** Where the configuration comes from. */
export const configOption = [
  '-c, --config <file>',
  'configuration file (else TOLLGATE_CONFIG, ./tollgate.yaml, or none)',
] as const

export const jsonOption = ['--json', 'print JSON'] as const

export const storeOption = [
  '--store <address>',
  'the store (else TOLLGATE_STORE, that of the configuration, or sqlite:./tollgate.db)',
] as const

/** The options of every command that works on a store. */
export const addStoreOptions = (command: Command): Command =>
  command
    .option(...storeOption)
    .option(...configOption)
    .option(...jsonOption)
