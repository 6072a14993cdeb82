const deepest = 64

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** Goes through a text that is JSON. Its words stay as they are written: parsed numbers would lose digits. */
class Sorting {
  readonly #text: string
  #at = 0
  #depth = 0
  /** Is there a key twice, of which parsers drop one, or is it too deep? */
  refused = false

  constructor(text: string) {
    this.#text = text
  }

  value(): string {
    const next = this.#next()
    if (next === '"') return this.#string()
    if (next === '{' || next === '[') return this.#inside(next)
    return this.#scalar()
  }

  #inside(opening: string): string {
    if (++this.#depth > deepest) this.refused = true
    if (this.refused) return ''
    this.#at++
    const written = opening === '{' ? this.#members() : this.#items()
    this.#at++
    this.#depth--
    return written
  }

  #items(): string {
    const items: string[] = []
    while (!this.refused && this.#next() !== ']') items.push(this.value())
    return `[${items.join(',')}]`
  }

  #members(): string {
    const names = new Set<string>()
    const members = new Map<string, string>()
    while (!this.refused && this.#next() !== '}') {
      const key = this.#string()
      const name = key.includes('\\') ? JSON.parse(key) : key.slice(1, -1)
      if (names.has(name)) this.refused = true
      names.add(name)
      members.set(key, this.value())
    }
    return `{${[...members.keys()]
      .sort()
      .map((key) => `${key}:${members.get(key)}`)
      .join(',')}}`
  }

  /** What comes after space and what stands between values. */
  #next(): string | undefined {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (!isSpace(code) && code !== 0x2c && code !== 0x3a) return this.#text[this.#at]
      this.#at++
    }
  }

  #string(): string {
    const from = this.#at++
    for (let code = 0; code !== 0x22; this.#at++) {
      code = this.#text.charCodeAt(this.#at)
      if (code === 0x5c) this.#at++
    }
    return this.#text.slice(from, this.#at)
  }

  #scalar(): string {
    const from = this.#at
    while (/[\w.+-]/.test(this.#text[this.#at] ?? '')) this.#at++
    return this.#text.slice(from, this.#at)
  }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * An object or array in JSON, without white space and with its keys in order; undefined for any other text, and for JSON
 * that means different things to different parsers.
 */
export const sortedJson = (text: string): string | undefined => {
  if (!/^\s*[{[]/.test(text) || !isJson(text)) return undefined
  const sorting = new Sorting(text)
  const sorted = sorting.value()
  return sorting.refused ? undefined : sorted
}
