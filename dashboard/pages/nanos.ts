/** US dollars of nano-dollars, exactly; undefined: unknown. */
export const usdOfNanos = (nanos: string | null | undefined): string | undefined => {
  if (nanos === null || nanos === undefined || !/^-?\d+$/.test(nanos)) return undefined
  const sign = nanos.startsWith('-') ? '-' : ''
  const digits = nanos.slice(sign.length).padStart(10, '0')
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '')
}
