import process from 'node:process'
import type { Command } from 'commander'
import { Misuse, tellFailure } from './failure.ts'
import { exitCodes } from './output.ts'

/** An action of a command whose failure is told once, here, and gives the exit code. */
export const guarded =
  <Given extends unknown[]>(action: (...given: Given) => Promise<void>) =>
  async (...given: [...Given, Command]): Promise<void> => {
    const command = given.at(-1) as Command
    try {
      await action(...(given.slice(0, -1) as Given))
    } catch (error) {
      tellFailure(error, command.opts().json === true)
      process.exitCode = error instanceof Misuse ? exitCodes.usage : exitCodes.failed
    }
  }
