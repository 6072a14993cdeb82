import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { startFakeUpstream } from '../../testing/index.ts'
import { answerAfter } from './rig.ts'

/** A provider in a thread of its own, so that what the test does besides does not delay its clock. */
export interface ThreadProvider extends AsyncDisposable {
  readonly url: string
  /** When each call came, in milliseconds since the thread began. */
  moments(): Promise<readonly number[]>
}

/** Starts one that answers every call after 50 ms. */
export const startProviderThread = async (): Promise<ThreadProvider> => {
  const worker = new Worker(new URL(import.meta.url))
  const [url] = (await once(worker, 'message')) as [string]
  return {
    url,
    moments: async () => {
      worker.postMessage('moments')
      const [moments] = (await once(worker, 'message')) as [readonly number[]]
      return moments
    },
    [Symbol.asyncDispose]: async () => {
      await worker.terminate()
    },
  }
}

if (!isMainThread && parentPort) {
  const port = parentPort
  const upstream = await startFakeUpstream()
  const moments: number[] = []
  const answer = answerAfter(50)
  upstream.always((request) => {
    moments.push(performance.now())
    return answer(request)
  })
  port.on('message', () => port.postMessage(moments))
  port.postMessage(upstream.url)
}
