import type { FixtureResponse } from '@copilotkit/aimock'
import {
  type ResponsesItem,
  type ResponsesOptions,
  responsesAnswer,
  responsesText,
  responsesToolCalls,
  type ScriptStep,
} from '../../testing/index.ts'
import { asksForStream, inForm, type Saying } from '../clients/say.ts'
import { saying as sayingElsewhere } from '../gemini/say.ts'
import type { Answers } from './rig.ts'

const plainUsage = { input: 9, output: 4 }

const step = ({ text, calls, usage = plainUsage }: Saying): ScriptStep =>
  inForm((stream) =>
    calls ? responsesToolCalls(calls, { stream, usage }) : responsesText(text ?? '', { stream, usage }),
  )

/** The same answers, one after another, by every upstream. */
export const saying = (...sayings: readonly Saying[]): Answers => ({
  ...sayingElsewhere(...sayings),
  responses: sayings.map(step),
})

/** A response of these items, in the form it is asked for. */
export const responsesSay =
  (items: readonly ResponsesItem[], options: ResponsesOptions = {}): ScriptStep =>
  (request) =>
    responsesAnswer(items, { usage: plainUsage, ...options, stream: asksForStream(request) })

/** Answers of which aimock has its own words. */
export const answers = (given: Omit<Answers, 'aimock'>, aimock: readonly FixtureResponse[] = []): Answers => ({
  ...given,
  aimock,
})
