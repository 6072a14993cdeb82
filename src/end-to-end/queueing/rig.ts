import { openaiText, type ReceivedRequest, type Step } from '../../testing/index.ts'

/** An answer of so many tokens after so long. */
export const answerAfter =
  (headDelayMs: number, usage = { input: 40, output: 10 }) =>
  ({ body }: ReceivedRequest): Step => ({
    ...openaiText('Yes.', { stream: JSON.parse(body).stream, usage }),
    headDelayMs,
  })

/** The most of these moments that lie within any stretch of this length. */
export const mostWithin = (moments: readonly number[], ms: number): number => {
  const sorted = [...moments].sort((one, other) => one - other)
  let most = 0
  let first = 0
  sorted.forEach((at, index) => {
    while (at - (sorted[first] ?? at) >= ms) first++
    most = Math.max(most, index - first + 1)
  })
  return most
}
