/** What somebody said of the answer to a call. */
export interface Feedback {
  readonly call: string
  /** The key that said it; empty: the gateway itself, which asked again and compared. */
  readonly key: string
  /** What it is about, such as `helpful`; empty: the answer as a whole. A key says one thing of each. */
  readonly label: string
  /** -1 to 1, the higher the better; absent: there is only a label or a comment. */
  readonly score?: number | undefined
  readonly comment?: string | undefined
  /** Unix milliseconds. */
  readonly at: number
}

/** What it is about when the gateway asked again to see whether the answer is the same: 1 it was, -1 it was not. */
export const repeatLabel = 'repeat'
