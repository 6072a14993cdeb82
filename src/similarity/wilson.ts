/** Between both bounds lie nine chances in ten. */
const usualZ = 1.645

/** Between which shares the true one probably lies, when this many of so many were seen (Wilson). Of none: anything. */
export const wilson = (seen: number, all: number, z = usualZ): { readonly low: number; readonly high: number } => {
  if (all <= 0) return { low: 0, high: 1 }
  const share = Math.min(1, seen / all)
  const middle = share + (z * z) / (2 * all)
  const spread = z * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all))
  const whole = 1 + (z * z) / all
  return { low: Math.max(0, (middle - spread) / whole), high: Math.min(1, (middle + spread) / whole) }
}
