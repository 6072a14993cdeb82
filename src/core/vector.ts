/** A vector as it came: numbers, or base64 of little-endian 32-bit numbers. */
export type Vector = readonly number[] | string

const bytesPerNumber = 4

/** The numbers of a vector. */
export const numbersOf = (vector: Vector): readonly number[] => {
  if (typeof vector !== 'string') return vector
  const bytes = Buffer.from(vector, 'base64')
  const numbers = new Array<number>(Math.floor(bytes.length / bytesPerNumber))
  for (let index = 0; index < numbers.length; index++) numbers[index] = bytes.readFloatLE(index * bytesPerNumber)
  return numbers
}

/** A vector in base64; numbers that were finer than 32 bits are rounded to them. */
export const base64Of = (vector: Vector): string => {
  if (typeof vector === 'string') return vector
  const bytes = Buffer.allocUnsafe(vector.length * bytesPerNumber)
  for (const [index, number] of vector.entries()) bytes.writeFloatLE(number, index * bytesPerNumber)
  return bytes.toString('base64')
}

/** Is this what a vector looks like: numbers, at least one, or base64 of whole numbers of 32 bits? */
export const isVector = (value: unknown): value is Vector => {
  if (typeof value === 'string') return isBase64OfNumbers(value)
  return Array.isArray(value) && value.length > 0 && value.every((number) => typeof number === 'number')
}

const isBase64OfNumbers = (text: string): boolean => {
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return false
  return Buffer.byteLength(text, 'base64') % bytesPerNumber === 0
}
