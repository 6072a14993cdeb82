/** What a wrong configuration is told by: every complaint with its path. */
export { ConfigError } from './config/complaints.ts'
/** The configuration that a file may hold and `createGateway` takes. */
export type { ConfigInput } from './config/schema.ts'
/** Pieces of a streamed answer. */
export type { Delta, FinishReason } from './core/delta.ts'
/** The only error the gateway throws; `code` says what happened, `details` what the upstream said. */
export { type ErrorCode, GatewayError } from './core/errors.ts'
/** Tokens in disjoint parts. */
export type { Usage } from './core/usage.ts'
/** Answers that are kept. */
export type { AnswerMemory, Purge } from './library/answer-memory.ts'
/** What is asked. */
export type { ChatRequest } from './library/chat-request.ts'
/** A whole answer. */
export type { AnswerCacheNote, AssistantMessage, ChatAnswer, RequestedTool } from './library/collect.ts'
/** The gateway in this process. */
export {
  type CallerScope,
  type CallOptions,
  type ChatStream,
  createGateway,
  type JobWorker,
  type LibraryGateway,
} from './library/create-gateway.ts'
export type { EmbedAnswer, EmbedRequest } from './library/embed.ts'
/** Calls whose answers are fetched later. */
export type { EnqueueOptions, JobListQuery, JobRequest, LibraryJob, LibraryJobs } from './library/jobs.ts'
/** Values that satisfy a schema. */
export type { ObjectIssue, ObjectRequest, ObjectResult, Partially, StandardSchema } from './library/object.ts'
/** Models of the AI SDK as a provider of the gateway. */
export { type AiSdkHandle, fromAiSdk } from './providers/ai-sdk/handles.ts'
