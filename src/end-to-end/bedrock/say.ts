import type { FixtureResponse } from '@copilotkit/aimock'
import {
  type AnswerOptions,
  type BedrockBlock,
  bedrockMessage,
  bedrockTextBlock,
  bedrockToolBlock,
  type ReceivedRequest,
  type ScriptStep,
} from '../../testing/index.ts'
import { type Saying, saying as sayingElsewhere } from '../clients/say.ts'
import type { Answers } from './rig.ts'

const plainUsage = { input: 9, output: 4 }

const asksForStream = ({ path }: ReceivedRequest): boolean => path.endsWith('/converse-stream')

/** An answer of these blocks, in the form it is asked for. */
export const bedrockSays =
  (blocks: readonly BedrockBlock[], options: AnswerOptions & { readonly nativeUsage?: object } = {}): ScriptStep =>
  (request) =>
    bedrockMessage(blocks, {
      usage: plainUsage,
      ...options,
      nativeUsage: options.nativeUsage as undefined,
      stream: asksForStream(request),
    })

const step = ({ text, calls, usage = plainUsage }: Saying): ScriptStep =>
  bedrockSays(calls ? calls.map(bedrockToolBlock) : [bedrockTextBlock(...((text ?? '').match(/\s*\S+|\s+$/g) ?? []))], {
    usage,
  })

/** The same answers, one after another, by every upstream. */
export const saying = (...sayings: readonly Saying[]): Answers => ({
  ...sayingElsewhere(...sayings),
  bedrock: sayings.map(step),
})

/** Answers of which aimock has its own words. */
export const answers = (given: Omit<Answers, 'aimock'>, aimock: readonly FixtureResponse[] = []): Answers => ({
  ...given,
  aimock,
})
