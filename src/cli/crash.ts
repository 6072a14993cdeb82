import process from 'node:process'

/** A crash that cannot be told within this time is not told. */
const tellMs = 1_000

/** Ends the process with code 1 after an error that nobody handled: a program in an unknown state serves nobody well. */
export const endOnCrash = (tell: (cause: unknown) => Promise<void>): void => {
  const end = (cause: unknown): void => {
    void tell(cause).finally(() => process.exit(1))
    setTimeout(() => process.exit(1), tellMs).unref()
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}
