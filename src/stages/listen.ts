import type { Observer } from '../core/answer.ts'
import type { Call } from '../core/call.ts'
import type { Chunk } from '../core/chunk.ts'
import type { Delta } from '../core/delta.ts'
import type { Stage } from '../core/handler.ts'
import type { Said, SaidAnswer } from '../core/said.ts'

/** So many characters of an answer are kept. */
const mostCharacters = 64 * 1024

/**
 * Notes what is said in a conversation, for sinks that were told to carry it. Every piece of an answer is read for it, so
 * it stands on the way only where such a sink is.
 */
export const listen: Stage<Call> = (next) => async (call) => {
  if (call.request.operation !== 'chat') return next(call)
  const ear = new Ear(call)
  call.notes.said = ear
  const answer = await next(call)
  return answer.watch(ear)
}

class Ear implements Observer, Said {
  readonly asked: Said['asked']
  readonly answers: SaidAnswer[] = []
  readonly #blocks = new Map<string, SaidAnswer['calls'][number]>()
  #left = mostCharacters
  isCut = false

  constructor({ request }: Call) {
    this.asked = request.chat.messages
  }

  chunk(chunk: Chunk): void {
    for (const delta of chunk.deltas) this.#hear(delta)
  }

  #hear(delta: Delta): void {
    if (delta.kind === 'text' || delta.kind === 'refusal' || delta.kind === 'reasoning')
      this.#answer(delta.choice)[delta.kind] += this.#within(delta.text)
    else if (delta.kind === 'finish') this.#answer(delta.choice).finish = delta.reason
    else if (delta.kind === 'tool_call') {
      const place = `${delta.choice}.${delta.block}`
      const call = this.#blocks.get(place) ?? { id: delta.id, name: '', arguments: '' }
      if (!this.#blocks.has(place)) this.#answer(delta.choice).calls.push(call)
      this.#blocks.set(place, call)
      call.id ??= delta.id
      call.name ||= delta.name ?? ''
      call.arguments += this.#within(delta.arguments)
    }
  }

  #answer(choice: number): SaidAnswer {
    this.answers[choice] ??= { text: '', refusal: '', reasoning: '', calls: [], finish: undefined }
    return this.answers[choice]
  }

  #within(text: string): string {
    const kept = text.length > this.#left ? text.slice(0, this.#left) : text
    this.isCut ||= kept.length < text.length
    this.#left -= kept.length
    return kept
  }
}
