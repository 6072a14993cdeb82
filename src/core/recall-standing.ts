/** How answering like similar questions goes in one scope; counts fade, so that what was long ago weighs little. */
export interface RecallStanding {
  /** As `cacheScopeOf` gives it, such as `team:shop`. */
  readonly scope: string
  /** Questions that were looked for among similar ones. */
  readonly requests: number
  /** Of them, those for which a similar one was found that passes everything. */
  readonly wouldHits: number
  /** Of them, those that were answered so. */
  readonly hits: number
  /** Of those found, how many were compared with a new answer, and how many of these differed. */
  readonly checks: number
  readonly wrong: number
  /** Wrong answers for each request, if every similar question that was found were answered so; undefined: nothing was checked. */
  readonly estimate: number | undefined
  /** Between these it lies with nine chances in ten. */
  readonly low: number
  readonly high: number
  /** Only equal questions are answered from memory, until checks are better. */
  readonly isSuspended: boolean
}
