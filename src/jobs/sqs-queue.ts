import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { JobEngine } from '../core/job-engine.ts'

export type SqsEngine = Extract<JobEngine, { readonly kind: 'sqs' }>

/** A message in the hands of this process. */
export interface SqsMessage {
  readonly body: string
  readonly receipt: string
}

/** A message that SQS would not hide, and why. */
export interface NotHidden {
  readonly receipt: string
  readonly error: Error
  /** Asking again does not help: its receipt is over, or it was hidden for 12 hours, which is the most. */
  readonly isForGood: boolean
}

/** What a bell needs of a queue of SQS. Everything rejects when SQS does not do it. */
export class SqsQueue {
  readonly #client: SQSClient
  readonly #queue: SqsEngine['queue']
  #found: Promise<string> | undefined

  constructor({ queue, region, endpoint }: SqsEngine) {
    this.#client = new SQSClient({ ...(region && { region }), ...(endpoint && { endpoint }) })
    this.#queue = queue
  }

  /** In batches of ten; within `ms`. */
  async send(entries: readonly SendMessageBatchRequestEntry[], ms: number): Promise<void> {
    const QueueUrl = await this.#address()
    await everyTen(entries, async (Entries) => {
      const { Failed } = await this.#client.send(new SendMessageBatchCommand({ QueueUrl, Entries }), soon(ms))
      throwFirst(Failed)
    })
  }

  /** At most ten, as soon as there are any, or none after 20 s. */
  async receive(most: number, visibleAfterSeconds: number, abortSignal: AbortSignal): Promise<readonly SqsMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: await this.#address(),
      MaxNumberOfMessages: Math.max(1, Math.min(most, 10)),
      WaitTimeSeconds: 20,
      VisibilityTimeout: visibleAfterSeconds,
    })
    const { Messages } = await this.#client.send(command, { abortSignal, requestTimeout: longMs })
    return (Messages ?? []).map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receipt: ReceiptHandle }))
  }

  async remove(receipts: readonly string[]): Promise<void> {
    const QueueUrl = await this.#address()
    await everyTen(receipts, async (ten) => {
      const Entries = ten.map((ReceiptHandle, index) => ({ Id: `${index}`, ReceiptHandle }))
      const { Failed } = await this.#client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }), soon(briefMs))
      throwFirst(Failed)
    })
  }

  /** Hides messages that were received for so long from now on; 0: they are for others at once. Gives those that it could not. */
  async hide(receipts: readonly string[], VisibilityTimeout: number): Promise<readonly NotHidden[]> {
    const QueueUrl = await this.#address()
    const not: NotHidden[] = []
    await everyTen(receipts, async (ten) => {
      const Entries = ten.map((ReceiptHandle, index) => ({ Id: `${index}`, ReceiptHandle, VisibilityTimeout }))
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries })
      const { Failed } = await this.#client.send(command, soon(briefMs))
      for (const failed of Failed ?? []) {
        const receipt = ten[Number(failed.Id)]
        if (receipt !== undefined) not.push({ receipt, error: errorOf(failed), isForGood: failed.SenderFault === true })
      }
    })
    return not
  }

  /** About so many wait. */
  async waiting(ms: number): Promise<number> {
    const AttributeNames = ['ApproximateNumberOfMessages' as const]
    const command = new GetQueueAttributesCommand({ QueueUrl: await this.#address(), AttributeNames })
    const { Attributes } = await this.#client.send(command, soon(ms))
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0)
  }

  async isFifo(): Promise<boolean> {
    return (await this.#address()).endsWith('.fifo')
  }

  close(): void {
    this.#client.destroy()
  }

  async #address(): Promise<string> {
    if ('url' in this.#queue) return this.#queue.url
    this.#found ??= this.#find(this.#queue.name)
    try {
      return await this.#found
    } catch (error) {
      this.#found = undefined
      throw error
    }
  }

  async #find(QueueName: string): Promise<string> {
    const { QueueUrl } = await this.#client.send(new GetQueueUrlCommand({ QueueName }), soon(briefMs))
    if (QueueUrl === undefined) throw new Error('SQS tells no address of the queue')
    return QueueUrl
  }
}

const briefMs = 5_000
const longMs = 30_000

const soon = (ms: number) => ({ abortSignal: AbortSignal.timeout(ms) })

const errorOf = ({ Code = 'Refused' }: BatchResultErrorEntry): Error => Object.assign(new Error(Code), { name: Code })

const throwFirst = ([first]: readonly BatchResultErrorEntry[] = []): void => {
  if (first) throw errorOf(first)
}

/** All tens at once; rejects when one of them failed, and all have been tried. */
const everyTen = async <T>(all: readonly T[], each: (ten: T[]) => Promise<void>): Promise<void> => {
  const tens = Array.from({ length: Math.ceil(all.length / 10) }, (_, index) => all.slice(index * 10, index * 10 + 10))
  for (const outcome of await Promise.allSettled(tens.map(each)))
    if (outcome.status === 'rejected') throw outcome.reason
}
