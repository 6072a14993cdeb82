#!/usr/bin/env node
import { createRequire } from 'node:module'
import process from 'node:process'
import { Command, CommanderError } from 'commander'
import { addBudgets } from './budgets-command.ts'
import { addCache } from './cache-command.ts'
import { tellFailure } from './failure.ts'
import { guarded } from './guarded.ts'
import { addJobs } from './jobs-command.ts'
import { addKeys } from './keys-command.ts'
import { addLive } from './live-command.ts'
import { wholeNumber } from './numbers.ts'
import { exitCodes } from './output.ts'
import { configOption, jsonOption, storeOption } from './store-options.ts'
import { addUsage } from './usage-command.ts'
import { addWebhooks } from './webhooks-command.ts'

/** Of the package this file belongs to, whether it runs from the sources or as published. */
const { version } = createRequire(import.meta.url)('tollgate/package.json') as { version: string }

// Whoever reads only the beginning, as `head` does, is no reason to fail.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed)
})

const program = new Command('tollgate')
  .description('An LLM gateway: one address for every model, with fallback, deadlines and a record of each call.')
  .version(version, '-V, --version', 'print the version')
  .showHelpAfterError('(add --help to see what there is)')
  .exitOverride()

// What a command needs is loaded when it runs, so that help and mistakes are told at once.
program
  .command('serve')
  .description(
    'run the server; HOST and PORT of the environment say where, else the configuration, else 127.0.0.1:4000',
  )
  .option(...storeOption)
  .option(...configOption)
  .action(guarded(async (options) => (await import('./serve.ts')).serve(options)))

program
  .command('worker')
  .description('do jobs of a store in a process of its own, which takes no calls')
  .option('--concurrency <number>', 'jobs at a time (else jobs.workers of the configuration)', wholeNumber(4_096))
  .option(...storeOption)
  .option(...configOption)
  .action(guarded(async (options) => (await import('./worker.ts')).worker(options)))

program
  .command('check')
  .description('check the configuration and list everything that is wrong with it')
  .option(...configOption)
  .option(...jsonOption)
  .option('--schema', 'print the JSON Schema of the configuration, for editors')
  .action(guarded(async (options) => (await import('./check.ts')).check(options)))

program
  .command('models')
  .description('list the models, what they stand for and what they cost')
  .option(...configOption)
  .option(...jsonOption)
  .action(guarded(async (options) => (await import('./models.ts')).models(options)))

program
  .command('call <prompt>')
  .description('send one prompt; prints the answer, then target, tokens, cost and time')
  .option('-m, --model <model>', 'public model or provider/model', 'sim/small')
  .option('-s, --system <text>', 'system prompt')
  .option('--max-tokens <number>', 'most tokens to generate', wholeNumber(2 ** 31 - 1))
  .option('--timeout-ms <number>', 'time for everything', wholeNumber(2 ** 31 - 1))
  .option('--stream', 'print the answer as it comes; with --json each piece as a line, the whole answer last')
  .option(...configOption)
  .option(...jsonOption)
  .action(guarded(async (prompt, options) => (await import('./call.ts')).call(prompt, options)))

program
  .command('explain [file]')
  .description(
    `tell what would become of a request, without sending it

The body is read from a file, from standard input (-), or made of --model and --prompt.`,
  )
  .summary('tell what would become of a request')
  .option('-m, --model <model>', 'public model or provider/model, in place of the one of the body')
  .option('-p, --prompt <text>', 'a prompt, in place of a body')
  .option('-k, --key <name>', 'the name of the key it would come with')
  .option('-e, --endpoint <path>', 'the door it would be sent to', '/v1/chat/completions')
  .option('--url <address>', 'a server that runs, such as http://127.0.0.1:4000; else as one would begin')
  .option('--token <token>', 'the admin token of that server (else TOLLGATE_ADMIN_TOKEN)')
  .option(...storeOption)
  .option(...configOption)
  .option(...jsonOption)
  .action(guarded(async (file, options) => (await import('./explain.ts')).explain(file, options)))

addKeys(program)
addBudgets(program)
addUsage(program)
addJobs(program)
addWebhooks(program)
addCache(program)
addLive(program)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage)
  tellFailure(error, false)
  process.exitCode = exitCodes.failed
}
