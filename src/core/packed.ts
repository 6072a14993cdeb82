/** An object with every member told, also those that are unknown: one that is new cannot be forgotten here. */
export type Told<T> = { [Name in keyof Required<T>]: T[Name] }

/** Drops what is unknown at the end of a list, which is changed. */
export const short = <T extends readonly unknown[]>(values: T): T => {
  const list = values as readonly unknown[] as unknown[]
  while (list.length > 0 && list[list.length - 1] === undefined) list.pop()
  return values
}

/** Makes unknown again what JSON has `null` for, in a list that is changed. */
export const open = <T extends readonly unknown[]>(values: T): T => {
  const list = values as readonly unknown[] as unknown[]
  for (let index = 0; index < list.length; index++) list[index] ??= undefined
  return values
}
