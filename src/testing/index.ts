export type { AnsweredToolCall, AnswerOptions, AnswerUsage } from './answer-options.ts'
export { anthropicError, anthropicErrorEvent, anthropicText, anthropicToolCalls } from './anthropic-answers.ts'
export {
  type BedrockBlock,
  bedrockError,
  bedrockException,
  bedrockMessage,
  bedrockText,
  bedrockTextBlock,
  bedrockThinkingBlock,
  bedrockToolBlock,
  bedrockToolCalls,
} from './bedrock-answers.ts'
export { createFakeClock, type FakeClock } from './clock.ts'
export {
  type Delay,
  type Ending,
  type FakeUpstream,
  type ReceivedRequest,
  type ScriptStep,
  type Step,
  startFakeUpstream,
} from './fake-upstream.ts'
export { cut, endless, hangUp, hugeEvent, pingsOnly, redirect, silence, stall } from './faults.ts'
export {
  type GeminiOptions,
  geminiError,
  geminiErrorEvent,
  geminiParts,
  geminiSignature,
  geminiText,
  geminiToolCalls,
} from './gemini-answers.ts'
export { openaiError, openaiErrorEvent, openaiText, openaiToolCalls } from './openai-answers.ts'
export { type RawAnswer, type RawTimeouts, rawRequest } from './raw-http.ts'
export {
  type ResponsesItem,
  type ResponsesOptions,
  responsesAnswer,
  responsesErrorEvent,
  responsesText,
  responsesToolCalls,
} from './responses-answers.ts'
export { openSlowReader, type SlowReader } from './slow-reader.ts'
