/** Once so many things wait, they are done without looking whether more has come. */
const enough = 32

let waiting: (() => void)[] = []
let looked = 0

const runAll = (): void => {
  if (waiting.length > 1 && waiting.length > looked && waiting.length < enough) {
    looked = waiting.length
    setImmediate(runAll)
    return
  }
  const now = waiting
  waiting = []
  looked = 0
  for (const each of now) each()
}

/**
 * Does something when the loop has looked at everything that has arrived: at the end of its turn, or of the next turns
 * while each brings more of the same. Writing to sockets is best done then, one after the other: a write wakes whoever
 * sleeps at the other end, which costs as much as the write itself, and of those that come together only the first has
 * to (docs/decisions/0015-write-together.md has the figures). What is given may not throw.
 */
export const atEndOfTurn = (task: () => void): void => {
  if (waiting.push(task) === 1) setImmediate(runAll)
}
