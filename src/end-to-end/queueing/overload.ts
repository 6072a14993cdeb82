import { setTimeout as sleep } from 'node:timers/promises'
import { assemble } from '../../config/assemble.ts'
import { parseConfig } from '../../config/load.ts'
import { GatewayError } from '../../core/errors.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'

export interface OverloadOptions {
  /** Calls that the provider bears at once, and how long each takes. */
  readonly concurrency: number
  readonly serviceMs: number
  /** One after the other: of the capacity, so much is asked for, for so long. */
  readonly phases: readonly { readonly load: number; readonly forMs: number }[]
}

/** A call that has ended. Times since the start, in milliseconds. */
export interface OverloadCall {
  readonly startedAt: number
  readonly endedAt: number
  readonly isGood: boolean
}

/** Asks a gateway in front of a simulated provider, in real time, whatever becomes of the calls before. */
export const overload = async ({
  concurrency,
  serviceMs,
  phases,
}: OverloadOptions): Promise<readonly OverloadCall[]> => {
  const config = await parseConfig(
    {
      discover: false,
      telemetry: { log: 'silent', metrics: false },
      providers: {
        sim: {
          kind: 'simulated',
          latencyMs: { p50: serviceMs, p99: serviceMs },
          tokensPerSecond: 1_000_000,
          queue: { maxWait: '10s', length: 2_000, concurrency },
        },
      },
      models: { chat: { targets: ['sim/small'], retry: { attempts: 1 } } },
    },
    {},
  )
  const runtime = await assemble(config)
  const body = { model: 'chat', max_tokens: 4, messages: [{ role: 'user', content: 'Hello.' }] }
  const calls: OverloadCall[] = []
  const began = performance.now()
  const ask = async (tenant: string): Promise<void> => {
    const startedAt = performance.now() - began
    let isGood = true
    try {
      const request = openaiChat.readRequest(body, { operation: 'chat' })
      const answer = await runtime.gateway.open({ request, caller: { key: tenant }, timeoutMs: 15_000 }).answer
      for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull());
    } catch (thrown) {
      if (!(thrown instanceof GatewayError)) throw thrown
      isGood = false
    }
    calls.push({ startedAt, endedAt: performance.now() - began, isGood })
  }
  const asking: Promise<void>[] = []
  let due = 0
  let phaseEnd = 0
  let asked = 0
  for (const { load, forMs } of phases) {
    const perMs = (load * concurrency) / serviceMs
    phaseEnd += forMs
    let last = performance.now() - began
    while (last < phaseEnd) {
      await sleep(2)
      const now = performance.now() - began
      due += (Math.min(now, phaseEnd) - last) * perMs
      for (; asked < due; asked++) asking.push(ask(`tenant-${asked % 10}`))
      last = now
    }
  }
  await Promise.all(asking)
  await runtime.close()
  return calls
}
