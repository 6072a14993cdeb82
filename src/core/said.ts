import type { FinishReason } from './delta.ts'
import type { Message } from './request.ts'

/** One answer of several to a question, as its caller is told it. */
export interface SaidAnswer {
  text: string
  refusal: string
  reasoning: string
  /** In the order in which they began; `arguments` is the text as it came. */
  readonly calls: { id: string | undefined; name: string; arguments: string }[]
  finish: FinishReason | undefined
}

/** The words of a conversation, kept for those who ask for them in so many words. */
export interface Said {
  readonly asked: readonly Message[]
  readonly answers: readonly SaidAnswer[]
  /** More was said than is kept here. */
  readonly isCut: boolean
}
