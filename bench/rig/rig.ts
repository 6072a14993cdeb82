/** What is compared: a proxy in C, the least gateway in JavaScript, and Tollgate. */
export const subjectNames = ['nginx', 'floor', 'tollgate'] as const
export type SubjectName = (typeof subjectNames)[number]

/** One line of the table: samples of the same figure for each subject. Less is better in all of them. */
export interface Row {
  readonly measure: string
  readonly unit: string
  readonly samples: Readonly<Partial<Record<SubjectName, readonly number[]>>>
  /** What Tollgate means to reach, in words. */
  readonly target?: string | undefined
}

/** What every measurement is given. */
export interface Rig {
  /** For files that last as long as the run. */
  readonly folder: string
  /** How often everything is measured; the median counts. */
  readonly repetitions: number
  /** How long one run under load lasts. */
  readonly seconds: number
  /** Tells who waits what is done now. */
  say(line: string): void
  /** Counts a figure that was taken although other programs ran on the measured core. */
  disturbed(): void
}

/** One question, answered by measuring. */
export type Measurement = (rig: Rig) => Promise<readonly Row[]>
