import type { SqsQueue } from './sqs-queue.ts'

export interface HandOptions {
  readonly queue: Pick<SqsQueue, 'hide' | 'remove'>
  /** So long others do not see a message of somebody who died with it, in seconds. */
  readonly holdSeconds: number
  /** Whatever fails here is harmless: the message rings once more. */
  tell(message: string, error: unknown): void
}

/**
 * Keeps received messages from others until it is known whether they were answered: then they are removed, and else given back at
 * once. Never rejects.
 */
export const keepInHand = async (
  receipts: readonly string[],
  answered: Promise<boolean>,
  { queue, holdSeconds, tell }: HandOptions,
): Promise<void> => {
  const inHand = new Set(receipts)
  const hide = async (seconds: number): Promise<void> => {
    for (const { receipt, error, isForGood } of await queue.hide([...inHand], seconds)) {
      tell('SQS did not keep a ring of a job for the worker that has it; it may ring twice.', error)
      if (isForGood) inHand.delete(receipt)
    }
  }
  const attempt = (failed: string, what: () => Promise<void>): Promise<void> =>
    what().catch((error: unknown) => tell(failed, error))

  let prolonged = Promise.resolve()
  const prolong = (): void => {
    const failed = 'SQS did not prolong for how long rings of jobs are held; they may ring twice.'
    prolonged = prolonged.then(() => attempt(failed, () => hide(holdSeconds)))
  }
  // Two may fail before others hear a message.
  const beats = setInterval(prolong, (holdSeconds * 1_000) / 3)
  const isAnswered = await answered
  clearInterval(beats)
  // What came after the end would hide again what was given back.
  await prolonged
  if (isAnswered) {
    const failed = 'SQS did not remove rings of jobs that were answered; they may ring twice.'
    await attempt(failed, () => queue.remove([...inHand]))
  } else {
    await attempt('SQS did not take back rings of jobs; others hear them a little later.', () => hide(0))
  }
}
