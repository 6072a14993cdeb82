/** A chat request in OpenAI's words: `model`, `messages`, `tools`, `response_format`, and whatever else the target takes. */
export interface ChatRequest {
  /** A public model, or `provider/model`. */
  readonly model: string
  readonly messages: readonly object[]
  readonly [field: string]: unknown
}
