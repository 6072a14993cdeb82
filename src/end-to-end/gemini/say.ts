import type { FixtureResponse } from '@copilotkit/aimock'
import {
  type GeminiOptions,
  geminiParts,
  geminiText,
  geminiToolCalls,
  type ReceivedRequest,
  type ScriptStep,
  type Step,
} from '../../testing/index.ts'
import { type Saying, saying as sayingElsewhere } from '../clients/say.ts'
import type { Answers } from './rig.ts'

/** A step that answers in the form that the path asks for. */
export const inForm =
  (make: (stream: boolean) => Step): ScriptStep =>
  ({ path }: ReceivedRequest) =>
    make(path.includes(':streamGenerateContent'))

const plainUsage = { input: 9, output: 4 }

const step = ({ text, calls, usage = plainUsage }: Saying): ScriptStep =>
  inForm((stream) => (calls ? geminiToolCalls(calls, { stream, usage }) : geminiText(text ?? '', { stream, usage })))

/** The same answers, one after another, by every upstream. */
export const saying = (...sayings: readonly Saying[]): Answers => ({
  ...sayingElsewhere(...sayings),
  gemini: sayings.map(step),
})

/** An answer of Gemini of these parts, in the form it is asked for. */
export const geminiSays = (parts: readonly Readonly<Record<string, unknown>>[], more: GeminiOptions = {}): ScriptStep =>
  inForm((stream) => geminiParts(parts, { usage: plainUsage, ...more, stream }))

/** Answers of which aimock has its own words, or none. */
export const answers = (given: Omit<Answers, 'aimock'>, aimock: readonly FixtureResponse[] = []): Answers => ({
  ...given,
  aimock,
})
