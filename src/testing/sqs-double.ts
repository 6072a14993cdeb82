import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { buildApp } from 'fauxqs'

/** SQS as it is on AWS, in this process, on a loopback port. */
export interface SqsDouble {
  readonly endpoint: string
  /** Makes a queue; gives its address. */
  makeQueue(name: string, attributes?: Readonly<Record<string, string>>): Promise<string>
  purge(url: string): Promise<void>
  send(url: string, body: string): Promise<void>
  /** How many messages wait, and how many were received and may come again. */
  counts(url: string): Promise<SqsCounts>
  close(): Promise<void>
}

export interface SqsCounts {
  readonly waiting: number
  readonly hidden: number
}

/** What a client needs to ask it, as the environment would give it. */
export const sqsEnvironment = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'an-example-of-a-secret',
}

/** `port`: the one that it had before. */
export const startSqsDouble = async (port = 0): Promise<SqsDouble> => {
  const app = buildApp({ logger: false })
  const endpoint = await app.listen({ port, host: '127.0.0.1' })
  const client = new SQSClient({
    endpoint,
    region: sqsEnvironment.AWS_REGION,
    credentials: {
      accessKeyId: sqsEnvironment.AWS_ACCESS_KEY_ID,
      secretAccessKey: sqsEnvironment.AWS_SECRET_ACCESS_KEY,
    },
  })
  return {
    endpoint,
    makeQueue: async (QueueName, Attributes = {}) => {
      const fifo = QueueName.endsWith('.fifo') ? { FifoQueue: 'true' } : {}
      const made = await client.send(new CreateQueueCommand({ QueueName, Attributes: { ...Attributes, ...fifo } }))
      return made.QueueUrl ?? ''
    },
    purge: async (QueueUrl) => {
      await client.send(new PurgeQueueCommand({ QueueUrl }))
    },
    send: async (QueueUrl, MessageBody) => {
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody }))
    },
    counts: async (QueueUrl) => {
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
      return {
        waiting: Number(Attributes?.ApproximateNumberOfMessages),
        hidden: Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
      }
    },
    close: async () => {
      client.destroy()
      app.server.closeAllConnections()
      await app.close()
    },
  }
}
