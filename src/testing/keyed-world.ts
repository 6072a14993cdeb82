import { Answer } from '../core/answer.ts'
import type { Call } from '../core/call.ts'
import { Chunk } from '../core/chunk.ts'
import { systemClock } from '../core/clock.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Handler } from '../core/handler.ts'
import { noChat } from '../core/request.ts'
import { Stop } from '../core/stop.ts'
import { idempotent } from '../stages/idempotent.ts'
import { createMemoryBank, type MemoryStore } from '../stores/memory/index.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { wireNamed } from '../wire/wires.ts'

/** One call at the upstream, which ends as it is told. */
export interface UpstreamCall {
  readonly process: number
  readonly question: string
  readonly text: string
  state: 'running' | 'whole' | 'failed' | 'cut' | 'left' | 'dead'
  end(how: 'whole' | 'failed' | 'cut'): void
}

/** What one who asked got. */
export interface Asking {
  readonly process: number
  readonly question: string
  readonly call: Call
  leave(): void
  /** Undefined: it waits still. */
  outcome: { readonly text: string; readonly isReplay: boolean } | GatewayError | 'dead' | undefined
}

const secret = new Uint8Array(32).fill(7)
const target = { id: 'up/m', provider: 'up', model: 'm', weight: 1, quirks: {}, facts: undefined }

const events = (...deltas: readonly object[]): Buffer =>
  Buffer.from(deltas.map((delta) => `data: ${JSON.stringify(delta)}\n\n`).join(''))
const piece = (delta: object, finish: string | null = null): object => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
})

/** Several processes that share a store, and one upstream that answers when it is told. */
export class KeyedWorld {
  readonly upstream: UpstreamCall[] = []
  readonly askings: Asking[] = []
  readonly #bank = createMemoryBank()
  readonly #processes: { store: MemoryStore; handle: Handler<Call> }[] = []
  #calls = 0

  constructor(processes: number) {
    for (let index = 0; index < processes; index++) this.#processes.push(this.#start(index))
  }

  ask(process: number, question: string, totalMs = 60_000): Asking {
    const stop = new Stop()
    const started = systemClock.now()
    const call: Call = {
      id: `call ${++this.#calls}`,
      startedAt: Date.now(),
      started,
      deadline: started + totalMs,
      request: {
        operation: 'chat',
        wire: 'openai-chat',
        model: 'chat',
        stream: true,
        wantsUsage: false,
        body: { model: 'chat', stream: true, messages: [{ role: 'user', content: question }] },
        chat: noChat,
        untranslatable: [],
      },
      caller: { key: 'web' },
      signal: stop,
      account: { attempts: [] },
      notes: {},
      noFallback: false,
      retryCount: 0,
      idempotencyKey: 'a key',
    }
    let answer: Answer | undefined
    const asking: Asking = {
      process,
      question,
      call,
      leave: () => {
        const reason = new GatewayError('cancelled', 'The caller went away.', { outcome: 'cancelled' })
        stop.abort(reason)
        answer?.cancel(reason)
      },
      outcome: undefined,
    }
    this.askings.push(asking)
    const read = async (): Promise<Asking['outcome']> => {
      answer = await (this.#processes[process] as { handle: Handler<Call> }).handle(call)
      let text = ''
      for await (const chunk of answer) for (const delta of chunk.deltas) if (delta.kind === 'text') text += delta.text
      return { text, isReplay: call.notes.replayOf !== undefined }
    }
    void read().then(
      (outcome) => {
        asking.outcome ??= outcome
      },
      (thrown) => {
        asking.outcome ??= asGatewayError(thrown)
      },
    )
    return asking
  }

  /** Ends a process as `kill -9` does, and starts it anew. */
  die(process: number): void {
    this.#processes[process]?.store.fence()
    for (const call of this.upstream) if (call.process === process && call.state === 'running') call.state = 'dead'
    for (const asking of this.askings) {
      if (asking.process !== process || asking.outcome !== undefined) continue
      asking.outcome = 'dead'
      asking.leave()
    }
    this.#processes[process] = this.#start(process)
  }

  /** Calls that are under way at the upstream for a process that lives. */
  get running(): readonly UpstreamCall[] {
    return this.upstream.filter(({ state }) => state === 'running')
  }

  #start(process: number): { store: MemoryStore; handle: Handler<Call> } {
    const store = this.#bank.open()
    const stage = idempotent({ calls: store.idempotency, secret, wire: wireNamed, clock: systemClock })
    return { store, handle: stage((call) => this.#answer(process, call)) }
  }

  async #answer(process: number, { request, signal }: Call): Promise<Answer> {
    const [message] = (request.body as { messages: { content: string }[] }).messages
    const gate = Promise.withResolvers<void>()
    const call: UpstreamCall = {
      process,
      question: message?.content ?? '',
      text: `answer ${this.upstream.length + 1}`,
      state: 'running',
      end: (how) => {
        if (call.state !== 'running') return
        call.state = how
        if (how === 'failed') gate.reject(new GatewayError('upstream_failed', 'It failed.', { outcome: 'server' }))
        else gate.resolve()
      },
    }
    this.upstream.push(call)
    signal.addEventListener('abort', () => {
      if (call.state !== 'running') return
      call.state = 'left'
      gate.reject(asGatewayError(signal.reason))
    })
    await gate.promise
    const reader = openaiChat.reader('events')
    const bytes = [
      events(piece({ role: 'assistant', content: '' }), piece({ content: call.text })),
      ...(call.state === 'whole' ? [Buffer.concat([events(piece({}, 'stop')), Buffer.from('data: [DONE]\n\n')])] : []),
    ]
    const chunks = bytes.map((each) => new Chunk(each, openaiChat.matters(each), reader))
    return new Answer(
      { wire: 'openai-chat', form: 'events', target, headers: {} },
      { pull: () => chunks.shift(), cancel: () => {} },
    )
  }
}

/** Lets everything happen that can happen without time passing. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve))
}
