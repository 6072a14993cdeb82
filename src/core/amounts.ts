/** The smaller of two amounts. */
export const smaller = (one: bigint, other: bigint): bigint => {
  if (one < other) return one
  return other
}

/** The larger of two amounts. */
export const larger = (one: bigint, other: bigint): bigint => {
  if (one > other) return one
  return other
}
