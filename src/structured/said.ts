import type { Delta, FinishReason, ToolCall } from '../core/delta.ts'

/** What one choice of an answer said. */
export interface SaidChoice {
  readonly choice: number
  text: string
  /** The model would not say it, or said something else than words. */
  isOther: boolean
  finish: FinishReason | undefined
}

/** A tool that an answer calls. */
export interface SaidCall {
  readonly choice: number
  name: string
  /** As the model wrote them. */
  arguments: string
}

/** Gathers what an answer says, choice by choice. */
export class Said {
  readonly choices = new Map<number, SaidChoice>()
  /** By choice and block. */
  readonly calls = new Map<string, SaidCall>()

  see(delta: Delta): void {
    if (delta.kind === 'text') this.#of(delta.choice).text += delta.text
    else if (delta.kind === 'finish') this.#of(delta.choice).finish = delta.reason
    else if (delta.kind === 'tool_call') this.#call(delta)
    else if (delta.kind === 'refusal' || delta.kind === 'media') this.#of(delta.choice).isOther = true
  }

  #of(choice: number): SaidChoice {
    let said = this.choices.get(choice)
    if (!said) {
      said = { choice, text: '', isOther: false, finish: undefined }
      this.choices.set(choice, said)
    }
    return said
  }

  #call(delta: ToolCall): void {
    this.#of(delta.choice).isOther = true
    const place = placeOf(delta)
    let call = this.calls.get(place)
    if (!call) {
      call = { choice: delta.choice, name: '', arguments: '' }
      this.calls.set(place, call)
    }
    if (delta.name) call.name = delta.name
    call.arguments += delta.arguments
  }
}

/** Names the block of a choice. */
export const placeOf = ({ choice, block }: { readonly choice: number; readonly block: number }): string =>
  `${choice}.${block}`

/** Did this choice come to its end by itself? What was cut off by a limit or a filter tells that itself. */
export const isFinished = ({ finish }: SaidChoice): boolean =>
  finish === 'stop' || finish === 'stop_sequence' || finish === 'other' || finish === 'tool_calls'

/** What is to stand in place of what was said: texts by choice, arguments of tools by place. */
export interface Replaced {
  readonly texts: ReadonlyMap<number, string>
  readonly calls: ReadonlyMap<string, string>
}

/** The same deltas with other words: they stand where the first of those that they replace stood. */
export const replaced = (deltas: readonly Delta[], { texts, calls }: Replaced): readonly Delta[] => {
  const told = new Set<number | string>()
  const once = <D extends Delta>(key: number | string, delta: D): D[] => {
    if (told.has(key)) return []
    told.add(key)
    return [delta]
  }
  return deltas.flatMap((delta): Delta[] => {
    if (delta.kind === 'tool_call') {
      const other = calls.get(placeOf(delta))
      return other === undefined ? [delta] : once(placeOf(delta), { ...delta, arguments: other })
    }
    const text = 'choice' in delta ? texts.get(delta.choice) : undefined
    if (text === undefined) return [delta]
    // They speak of letters that are not there any more.
    if (delta.kind === 'logprobs' || delta.kind === 'annotation') return []
    return delta.kind === 'text' ? once(delta.choice, { ...delta, text }) : [delta]
  })
}
