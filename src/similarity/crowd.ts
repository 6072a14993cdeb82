/** How the candidates of one question lie around it: what is crowded is easily mistaken. */
export interface Crowd {
  /** Cosines of all candidates with the question, the nearest first. */
  readonly cosines: readonly number[]
  /** The largest cosine of this candidate with another one; 0: it is alone. */
  readonly twin: number
}

const near = 0.6

/** Of the neighbourhood: how near the first three are, how many are near, how like another kept question this one is. */
export const crowdNumbers = ({ cosines, twin }: Crowd): number[] => [
  cosines[0] ?? 0,
  cosines[1] ?? 0,
  cosines[2] ?? 0,
  cosines.filter((cosine) => cosine >= near).length,
  twin,
]
