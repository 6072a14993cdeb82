#!/usr/bin/env node
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { ConfigError } from '../config/complaints.ts'
import { GatewayError } from '../core/errors.ts'
import { call } from './call.ts'
import { check } from './check.ts'
import { models } from './models.ts'
import { exitCodes, tell } from './output.ts'
import { serve } from './serve.ts'

const program = new Command('tollgate')
  .description('An LLM gateway: one address for every model, with fallback, deadlines and a record of each call.')
  .exitOverride()

const configOption = [
  '-c, --config <file>',
  'configuration file (else TOLLGATE_CONFIG, ./tollgate.yaml, or none)',
] as const
const jsonOption = ['--json', 'print JSON'] as const

program
  .command('serve')
  .description('run the server')
  .option(...configOption)
  .action(serve)

program
  .command('check')
  .description('check the configuration and list everything that is wrong with it')
  .option(...configOption)
  .option(...jsonOption)
  .action(check)

program
  .command('models')
  .description('list the models, what they stand for and what they cost')
  .option(...configOption)
  .option(...jsonOption)
  .action(models)

program
  .command('call <prompt>')
  .description('send one prompt; prints the answer, then target, tokens, cost and time')
  .option('-m, --model <model>', 'public model or provider/model', 'sim/small')
  .option('-s, --system <text>', 'system prompt')
  .option('--max-tokens <number>', 'most tokens to generate')
  .option('--timeout-ms <number>', 'time for everything')
  .option('--stream', 'print the answer as it comes')
  .option(...configOption)
  .option(...jsonOption)
  .action(call)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage)
  if (error instanceof ConfigError) tell(error.message)
  else if (error instanceof GatewayError) tell(`${error.code}: ${error.message}`)
  else tell(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exit(exitCodes.failed)
}
