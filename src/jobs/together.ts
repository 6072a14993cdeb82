/** So many at once at most, so that nobody waits for a message that takes long to write. */
const most = 256

/** Asks for several things at once what is asked for each of them in one turn of the loop: a store answers all with one message. */
export const together = <Item, Result>(
  ask: (items: readonly Item[]) => Promise<readonly Result[]>,
): ((item: Item) => Promise<Result>) => {
  let waiting: { readonly item: Item; readonly promise: PromiseWithResolvers<Result> }[] = []

  const send = async (): Promise<void> => {
    const asked = waiting.slice(0, most)
    waiting = waiting.slice(most)
    if (waiting.length > 0) setImmediate(send)
    try {
      const results = await ask(asked.map(({ item }) => item))
      for (const [index, { promise }] of asked.entries()) promise.resolve(results[index] as Result)
    } catch (thrown) {
      for (const { promise } of asked) promise.reject(thrown)
    }
  }

  return (item) => {
    const promise = Promise.withResolvers<Result>()
    if (waiting.push({ item, promise }) === 1) setImmediate(send)
    return promise.promise
  }
}
