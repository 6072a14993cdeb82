/** What was said in a call, as it is kept for people: texts without secrets. */
export interface CallBodies {
  /** The caller's body; undefined: there was none, or it was no text. */
  readonly request?: string | undefined
  /** What the caller was told, a stream with all its events; undefined: nothing, or no text. */
  readonly response?: string | undefined
  /** There was more of it than is kept. */
  readonly isRequestCut: boolean
  readonly isResponseCut: boolean
}

/** Which call something was said in, and whose it is. */
export interface BodiesOf {
  readonly call: string
  /** Unix milliseconds. */
  readonly startedAt: number
  readonly org?: string | undefined
  readonly team?: string | undefined
  readonly key: string
}

/** Of which calls it is kept what was said: those to which all of this applies. */
export interface BodyRules {
  /** Public names; undefined: of all. */
  readonly models: readonly string[] | undefined
  readonly keys: readonly string[] | undefined
  readonly teams: readonly string[] | undefined
  /** Of a request, and of an answer. */
  readonly mostBytes: number
  readonly keepMs: number
}
