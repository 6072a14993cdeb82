import type { Command } from 'commander'
import { usualUrl } from './admin-door.ts'
import { guarded } from './guarded.ts'
import { wholeNumber } from './numbers.ts'
import { jsonOption } from './store-options.ts'

const withDoor = (command: Command): Command =>
  command
    .option('--url <address>', 'a server that runs', usualUrl)
    .option('--token <token>', 'its admin token, or the one that only reads (else TOLLGATE_ADMIN_TOKEN)')

/** `tollgate tail` and `tollgate top`: what happens in a server that runs. */
export const addLive = (program: Command): void => {
  withDoor(
    program
      .command('tail')
      .description('print a line for each call that ends in a running server, as it ends')
      .option('-n, --last <number>', 'begin with so many calls that ended before', wholeNumber(1_000))
      .option('--model <name>', 'calls of this public model alone')
      .option('--target <target>', 'that tried this target')
      .option('--provider <name>', 'that tried a target of this provider')
      .option('--key <name>', 'of this virtual key')
      .option('--team <name>', 'of this team')
      .option('--end-user <name>', 'for this end user')
      .option('--session <name>', 'of this session')
      .option('--tag <name=value>', 'with this tag')
      .option('--outcome <outcome>', 'that ended so: ok, error, cancelled')
      .option('--error <code>', 'that ended with this error')
      .option('--slower <ms>', 'that took at least so many milliseconds', wholeNumber(86_400_000)),
  )
    .option('--json', 'print each call as JSON on a line of its own')
    .action(guarded(async (options) => (await import('./tail.ts')).tail(options)))
  withDoor(
    program
      .command('top')
      .description('show what a running server does, anew each second; q ends it')
      .option('--once', 'print it once and end; so it is also where there is no terminal'),
  )
    .option(...jsonOption)
    .action(guarded(async (options) => (await import('./top.ts')).top(options)))
}
