/** A whole number cut into whole parts that are together as large: each as its weight has it, what is left over to the first ones. */
export const sharesOf = (total: bigint, weights: readonly number[]): readonly bigint[] => {
  const sum = weights.reduce((all, weight) => all + BigInt(weight), 0n)
  if (sum === 0n) return weights.map((_, index) => (index === 0 ? total : 0n))
  const parts = weights.map((weight) => (total * BigInt(weight)) / sum)
  let left = total - parts.reduce((all, part) => all + part, 0n)
  return parts.map((part) => (left > 0n && left-- ? part + 1n : part))
}
