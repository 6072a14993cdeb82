import type { FixtureResponse } from '@copilotkit/aimock'
import {
  type AnsweredToolCall,
  type AnswerUsage,
  anthropicText,
  anthropicToolCalls,
  openaiText,
  openaiToolCalls,
  type ReceivedRequest,
  type ScriptStep,
  type Step,
} from '../../testing/index.ts'
import type { Answers } from './rig.ts'

/** A plain answer of a model: a text, or calls of tools. */
export interface Saying {
  readonly text?: string | undefined
  readonly calls?: readonly (AnsweredToolCall & { readonly id: string })[] | undefined
  readonly usage?: AnswerUsage | undefined
}

/** Does a request ask for a stream? */
export const asksForStream = ({ body }: ReceivedRequest): boolean => JSON.parse(body).stream === true

/** A step that answers in the form it was asked for. */
export const inForm =
  (make: (stream: boolean) => Step): ScriptStep =>
  (request) =>
    make(asksForStream(request))

const plainUsage: AnswerUsage = { input: 9, output: 4 }

const openaiStep = ({ text, calls, usage = plainUsage }: Saying): ScriptStep =>
  inForm((stream) => (calls ? openaiToolCalls(calls, { stream, usage }) : openaiText(text ?? '', { stream, usage })))

const anthropicStep = ({ text, calls, usage = plainUsage }: Saying): ScriptStep =>
  inForm((stream) =>
    calls ? anthropicToolCalls(calls, { stream, usage }) : anthropicText(text ?? '', { stream, usage }),
  )

/** Both spellings of the count, of which each wire reads its own. */
const aimockUsage = ({ input, output }: AnswerUsage) => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
  input_tokens: input,
  output_tokens: output,
})

const aimockResponse = ({ text, calls, usage = plainUsage }: Saying): FixtureResponse =>
  calls ? { toolCalls: [...calls], usage: aimockUsage(usage) } : { content: text ?? '', usage: aimockUsage(usage) }

/** The same answers, one after another, by every upstream. */
export const saying = (...sayings: readonly Saying[]): Answers => ({
  openai: sayings.map(openaiStep),
  anthropic: sayings.map(anthropicStep),
  aimock: sayings.map(aimockResponse),
})
