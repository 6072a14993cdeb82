import { invalid } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Chat } from '../../core/request.ts'

/** A conversation while it is read. */
export interface ChatDraft {
  readonly chat: { -readonly [Field in keyof Chat]: Chat[Field] }
  readonly untranslatable: string[]
  stream: boolean
}

const longestModel = 256

/** The model that a body names. Throws `invalid_request`. */
export const modelOf = (body: JsonObject): string => {
  const { model } = body
  if (typeof model !== 'string' || model === '') throw invalid('model', 'must name the model to ask.')
  if (model.length > longestModel) throw invalid('model', `must not be longer than ${longestModel} characters.`)
  return model
}

/** All fields are there from the start, so that every request has one shape for the machine. */
export const newChatDraft = (): ChatDraft => ({
  chat: {
    messages: [],
    tools: [],
    toolChoice: undefined,
    parallelTools: undefined,
    format: undefined,
    maxOutput: undefined,
    choices: undefined,
    temperature: undefined,
    topP: undefined,
    topK: undefined,
    seed: undefined,
    frequencyPenalty: undefined,
    presencePenalty: undefined,
    stop: [],
    logitBias: undefined,
    logProbs: undefined,
    reasoning: undefined,
    serviceTier: undefined,
    user: undefined,
    metadata: undefined,
    store: undefined,
    modalities: undefined,
    audio: undefined,
    cacheKey: undefined,
  },
  untranslatable: [],
  stream: false,
})
