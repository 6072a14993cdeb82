/** How likely it is that of `count` things at least `found` are so, where each of them is with this probability. */
export const atLeast = (found: number, count: number, probability: number): number => {
  if (found <= 0) return 1
  if (found > count) return 0
  if (probability >= 1) return 1
  const odds = Math.log(probability) - Math.log1p(-probability)
  // Logarithms: of hundreds none may be so unlikely that it is no number any more.
  let exactly = count * Math.log1p(-probability)
  let fewer = 0
  for (let index = 0; index < found; index++) {
    fewer += Math.exp(exactly)
    exactly += Math.log((count - index) / (index + 1)) + odds
  }
  return Math.max(0, 1 - fewer)
}
