import { isObject, type JsonValue } from './json.ts'

/** A text that may have been more. */
export interface CutText {
  readonly text: string
  readonly isCut: boolean
}

/** JSON of a value as far as it has `most` characters, a little more at most; what is beyond is not looked at. */
export const jsonWithin = (value: JsonValue, most: number): CutText => {
  const pieces: string[] = []
  let left = most
  const say = (piece: string): void => {
    pieces.push(piece)
    left -= piece.length
  }
  const sayText = (text: string): void => say(JSON.stringify(text.length > left ? text.slice(0, left) : text))
  const sayAll = (open: string, close: string, each: Iterable<() => void>): void => {
    let between = open
    for (const next of each) {
      if (left <= 0) return
      say(between)
      between = ','
      next()
    }
    say(between === open ? open + close : close)
  }
  const write = (each: JsonValue | undefined): void => {
    if (typeof each === 'string') sayText(each)
    else if (Array.isArray(each)) sayAll('[', ']', items(each))
    else if (isObject(each)) sayAll('{', '}', fields(each))
    else say(JSON.stringify(each ?? null))
  }
  function* items(list: readonly JsonValue[]): Iterable<() => void> {
    for (const item of list) yield () => write(item)
  }
  function* fields(object: Readonly<Record<string, JsonValue | undefined>>): Iterable<() => void> {
    for (const name of Object.keys(object))
      if (object[name] !== undefined)
        yield () => {
          sayText(name)
          say(':')
          write(object[name])
        }
  }
  write(value)
  return { text: pieces.join(''), isCut: left <= 0 }
}
