import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { rawRequest } from '../../testing/index.ts'
import { type Nginx, startNginx } from './nginx.ts'
import { answersIn } from './raw-answers.ts'
import { asking } from './raw-requests.ts'
import { type Rig, startRig } from './rig.ts'
import { refused, understood } from './smuggling-corpus.ts'

/** Bytes, and whether their answers have no body. */
interface Payload {
  readonly bytes: string | Buffer
  readonly toHead?: boolean | undefined
}

/** nginx still answers HTTP/0.9, which has no heads to compare. */
const { 'no version': _oldest, ...comparable } = refused

const payloads: Readonly<Record<string, Payload>> = {
  ...Object.fromEntries(Object.entries(comparable).map(([name, bytes]) => [name, { bytes }])),
  ...understood,
}

describe('bytes that two servers could read differently, through nginx', () => {
  let rig: Rig
  let nginx: Nginx
  let seen = 0
  before(async () => {
    rig = await startRig()
    rig.gateway.server.on('request', () => void seen++)
    // nginx passes some on that are no requests for the gateway: refused, each once.
    rig.gateway.server.on('clientError', () => void seen++)
    nginx = await startNginx(rig.port)
  })
  after(async () => {
    await nginx[Symbol.asyncDispose]()
    await rig[Symbol.asyncDispose]()
  })

  /** The same question over and over, so that it takes every connection that nginx keeps to the gateway. */
  const askHonestly = async (name: string): Promise<void> => {
    for (let turn = 0; turn < 4; turn++) {
      const prompt = `honest ${name} ${turn}`
      const { bytes } = await rawRequest(nginx.port, asking(prompt, ['Connection: close']))
      const [answer, ...more] = answersIn(bytes)
      assert.deepEqual([answer?.status, more], [200, []])
      assert.match(answer?.body ?? '', /Well\./)
      assert.equal(rig.prompts().at(-1), prompt)
    }
  }

  for (const [name, { bytes, toHead }] of Object.entries(payloads))
    test(`${name}: the gateway sees the requests that nginx sends on, and nobody gets the answer of another`, async () => {
      // A line is written a little after the answer.
      await sleep(20)
      const loggedBefore = nginx.logged().length
      const seenBefore = seen
      const received = await rawRequest(nginx.port, bytes, { idleMs: 150 })
      await sleep(20)
      const logged = nginx.logged().slice(loggedBefore)
      const sentOn = logged.filter(({ upstreamStatus }) => upstreamStatus !== '-')
      assert.equal(seen - seenBefore, sentOn.length)
      // nginx does not log what it answers to bytes that are no request at all; answers to those are its own.
      const statuses = answersIn(received.bytes, { toHead }).map(({ status }) => String(status))
      assert.deepEqual(
        statuses.filter((status) => status !== '100').slice(0, logged.length),
        logged.map(({ status }) => status),
      )
      for (const { status, upstreamStatus } of sentOn) assert.equal(status, upstreamStatus)
      await askHonestly(name)
    })
})
