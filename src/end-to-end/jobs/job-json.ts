import assert from 'node:assert/strict'

/** A job as its owner reads it. */
export interface JobJson {
  readonly id: string
  readonly object: string
  readonly status: string
  readonly endpoint: string
  readonly model: string | null
  readonly priority: string
  readonly created_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly expires_at: string | null
  readonly run_at: string
  readonly deadline: string | null
  readonly position: number | null
  readonly attempts: readonly { readonly outcome: string; readonly cost_usd: string | null; readonly call: string }[]
  readonly attempts_made: number
  readonly cost_usd: string | null
  readonly usage: Readonly<Record<string, unknown>> | null
  readonly held_usd: string
  readonly unknown_costs: number
  readonly error: { readonly code: string; readonly message: string } | null
  readonly metadata: Readonly<Record<string, string>>
  readonly webhook: string | null
  readonly retry_of: string | null
  readonly is_inline: boolean
  readonly result: { readonly [field: string]: unknown } | null
}

export interface ErrorJson {
  readonly error: {
    readonly message: string
    readonly code: string
    readonly param: string | null
    readonly type: string
  }
}

/** The job in an answer that must have this status. */
export const jobIn = async (response: Response, status = 200): Promise<JobJson> => {
  const text = await response.text()
  assert.equal(response.status, status, text)
  return JSON.parse(text)
}

/** The refusal in an answer that must have this status. */
export const errorIn = async (response: Response, status: number): Promise<ErrorJson['error']> => {
  const text = await response.text()
  assert.equal(response.status, status, text)
  return (JSON.parse(text) as ErrorJson).error
}
