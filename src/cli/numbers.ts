import { InvalidArgumentError } from 'commander'

/** Reads an option that is a whole number from 1 to `most`; anything else is a mistake of usage. */
export const wholeNumber =
  (most: number) =>
  (text: string): number => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    if (number >= 1 && number <= most) return number
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  }
