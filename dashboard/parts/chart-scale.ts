import { stepsMs } from '../stretches.ts'

/** The room inside the axes of a chart, in pixels. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const many = 4

/** Round figures from zero to above the greatest value, about four of them; whole ones where only whole ones make sense. */
export const figuresUpTo = (most: number, { isWhole }: { readonly isWhole: boolean }): readonly number[] => {
  if (!(most > 0)) return [0, 1]
  const rough = Math.max(most / many, isWhole ? 1 : 0)
  const size = 10 ** Math.floor(Math.log10(rough))
  const step =
    size * ([1, 2, ...(isWhole && size === 1 ? [] : [2.5]), 5, 10].find((each) => each * size >= rough) ?? 10)
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, index) => index * step)
}

const { minute, hour, day } = stepsMs
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((each) => each * minute),
  ...[1, 2, 3, 6, 12].map((each) => each * hour),
  ...[1, 2, 7, 14, 28, 56].map((each) => each * day),
]
const leastPixels = 76

/** A mark of the time axis: where, and what it says. */
export interface Mark {
  readonly at: number
  readonly words: string
}

const wordsOf = (at: number, step: number): string => {
  const date = new Date(at)
  return step >= day || (date.getHours() === 0 && date.getMinutes() === 0)
    ? date.toLocaleDateString([], { day: 'numeric', month: 'short' })
    : date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
}

/** Round times of the reader's zone within a stretch, as many as there is room for. */
export const marksWithin = (from: number, to: number, width: number): readonly Mark[] => {
  const wanted = ((to - from) * leastPixels) / Math.max(1, width)
  const step = timeSteps.find((each) => each >= wanted) ?? 112 * day
  const offset = new Date(from).getTimezoneOffset() * minute
  const marks: Mark[] = []
  for (let at = Math.ceil((from - offset) / step) * step + offset; at <= to; at += step) {
    marks.push({ at, words: wordsOf(at, step) })
  }
  return marks
}

/** Where the values of each layer begin and end when they stand on each other. */
export const stacked = (layers: readonly (readonly (number | null)[])[]) => {
  const sums: number[] = []
  return layers.map((values) =>
    values.map((value, index) => {
      const from = sums[index] ?? 0
      const to = from + (value ?? 0)
      sums[index] = to
      return { from, to }
    }),
  )
}
