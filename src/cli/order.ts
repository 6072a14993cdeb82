/** Compares texts letter by letter, the same on every machine. */
export const inOrder = (one: string, other: string): number => Number(one > other) - Number(one < other)
