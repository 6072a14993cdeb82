import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Where the page lives. */
export const cliPage = new URL('../docs/reference/cli.md', import.meta.url)

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

/** What the command line says of itself. Its width is fixed where the output is no terminal. */
const helpOf = async (...words: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...words, '--help'])
  return `\`\`\`text\n${stdout.trimEnd()}\n\`\`\``
}

const head = `# Command line

This page is written from what the commands say of themselves by \`node scripts/cli-reference.ts\`; change them, not the page.

In the repository the command is \`npx tollgate\` or \`node src/cli/main.ts\`, in the installed package \`npx tollgate\`. Every
command but \`serve\` takes \`--json\`; a failure is JSON then too: \`{"error":{…}}\`.

Results go to standard output. What is said about them goes to standard error: complaints, the closing line of \`call\`, and what
\`serve\` tells at start; its log goes to standard output, one JSON object per line. Of \`keys create\` and \`keys rotate\` only the
secret goes to standard output, so that it can go straight into a file or a variable; no command takes a secret as an argument,
where other users of the machine could read it.

\`keys\`, \`budgets\` and \`usage\` work on the store itself, whether a server runs on it or not; servers see changes within a second.
With \`--json\` they speak the words of the [administrators' door](admin-api.md), money in US dollars as text, exactly.

| exit code | meaning |
|--:|---|
| 0 | it went well |
| 1 | it failed: a wrong configuration, a call without an answer, an address that is taken, a key that is not there |
| 2 | it was asked for something that does not exist: a command, an option, a number that is none, options that contradict each other |`

/** The names of the commands in a help text. */
const commandsIn = (help: string): string[] => {
  const [, list = ''] = help.split('Commands:\n')
  return [...list.matchAll(/^ {2}(\w+) /gm)].map(([, name = '']) => name).filter((name) => name !== 'help')
}

/** A command and, one level deeper, those below it. */
const section = async (words: readonly string[]): Promise<string> => {
  const help = await helpOf(...words)
  const below = await Promise.all(commandsIn(help).map((name) => section([...words, name])))
  return [`${'#'.repeat(words.length + 1)} ${words.join(' ')}\n\n${help}`, ...below].join('\n\n')
}

/** The reference of all commands, as they describe themselves. */
export const cliReference = async (): Promise<string> => {
  const all = await helpOf()
  const sections = await Promise.all(commandsIn(all).map((name) => section([name])))
  return `${[head, all, ...sections].join('\n\n')}\n`
}

if (import.meta.main) await writeFile(cliPage, await cliReference())
