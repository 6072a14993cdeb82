/** A neighbour, and how near it is: the cosine, to about a hundredth. */
export interface Neighbour {
  readonly key: string
  readonly cosine: number
}

/** Vectors of one length by key, the newest first to stay: what is too many pushes out the oldest. */
export interface Nearest {
  /** Keeps a vector of length 1 under this key, in place of an older one. False: it has another number of dimensions. */
  add(key: string, vector: Float32Array): boolean
  remove(key: string): void
  /** The nearest `count`, the nearest first, none below `floor`. */
  search(vector: Float32Array, count: number, floor: number): Neighbour[]
  readonly size: number
  readonly bytes: number
}

export interface NearestOptions {
  readonly dimensions: number
  /** Vectors at once. */
  readonly most: number
}

const perBlock = 128

/** Whole numbers of eight bits, dimension by dimension, so that a search reads only what its vector is not zero in. */
interface Block {
  readonly numbers: Int8Array
  readonly scales: Float32Array
}

/** An index that looks at everything it has: exact but for rounding, with nothing to tune. */
export const createNearest = ({ dimensions, most }: NearestOptions): Nearest => {
  const blocks: Block[] = []
  const keys: (string | undefined)[] = []
  const places = new Map<string, number>()
  const free: number[] = []
  const sums = new Int32Array(perBlock)

  const remove = (key: string): void => {
    const place = places.get(key)
    if (place === undefined) return
    places.delete(key)
    keys[place] = undefined
    free.push(place)
  }
  const take = (): number => {
    if (places.size >= most) remove(places.keys().next().value as string)
    const place = free.pop() ?? keys.length
    if (place === blocks.length * perBlock)
      blocks.push({ numbers: new Int8Array(dimensions * perBlock), scales: new Float32Array(perBlock) })
    return place
  }
  return {
    add: (key, vector) => {
      if (vector.length !== dimensions) return false
      remove(key)
      const place = take()
      write(blocks[Math.floor(place / perBlock)] as Block, place % perBlock, vector)
      keys[place] = key
      places.set(key, place)
      return true
    },
    remove,
    search: (vector, count, floor) => {
      if (vector.length !== dimensions) return []
      const asked = sparse(vector)
      const found: Neighbour[] = []
      blocks.forEach(({ numbers, scales }, index) => {
        sumUp(numbers, asked, sums)
        const first = index * perBlock
        const last = Math.min(perBlock, keys.length - first)
        for (let column = 0; column < last; column++) {
          const key = keys[first + column]
          const cosine = (sums[column] as number) * (scales[column] as number) * asked.scale
          if (key !== undefined && cosine >= floor) insert(found, { key, cosine }, count)
        }
      })
      return found
    },
    get size() {
      return places.size
    },
    get bytes() {
      return blocks.length * perBlock * (dimensions + 4)
    },
  }
}

const write = ({ numbers, scales }: Block, column: number, vector: Float32Array): void => {
  const scale = largest(vector) / 127
  scales[column] = scale
  for (let row = 0; row < vector.length; row++)
    numbers[row * perBlock + column] = scale === 0 ? 0 : Math.round((vector[row] as number) / scale)
}

interface Sparse {
  readonly rows: Int32Array
  readonly values: Int32Array
  readonly scale: number
}

/** Finer than what it is compared with: only one of the two roundings counts then. */
const finest = 4095

const sparse = (vector: Float32Array): Sparse => {
  const scale = largest(vector) / finest || 1
  const rows: number[] = []
  for (let row = 0; row < vector.length; row++) if (vector[row] !== 0) rows.push(row)
  const values = Int32Array.from(rows, (row) => Math.round((vector[row] as number) / scale))
  return { rows: Int32Array.from(rows), values, scale }
}

const largest = (vector: Float32Array): number => {
  let top = 0
  for (const value of vector) top = Math.max(top, Math.abs(value))
  return top
}

/** Four dimensions at a time: so each sum is fetched and stored once for four products. */
const sumUp = (numbers: Int8Array, { rows, values }: Sparse, sums: Int32Array): void => {
  sums.fill(0)
  const last = rows.length - 1
  for (let index = 0; index <= last; index += 4) {
    const [one, two, three, four] = [
      index,
      Math.min(last, index + 1),
      Math.min(last, index + 2),
      Math.min(last, index + 3),
    ]
    const a = values[one] as number
    // Beyond the last dimension there is nothing.
    const b = two > one ? (values[two] as number) : 0
    const c = three > two ? (values[three] as number) : 0
    const d = four > three ? (values[four] as number) : 0
    const atA = (rows[one] as number) * perBlock
    const atB = (rows[two] as number) * perBlock
    const atC = (rows[three] as number) * perBlock
    const atD = (rows[four] as number) * perBlock
    for (let column = 0; column < perBlock; column++)
      sums[column] =
        ((sums[column] as number) +
          Math.imul(a, numbers[atA + column] as number) +
          Math.imul(b, numbers[atB + column] as number) +
          Math.imul(c, numbers[atC + column] as number) +
          Math.imul(d, numbers[atD + column] as number)) |
        0
  }
}

const insert = (found: Neighbour[], neighbour: Neighbour, count: number): void => {
  const last = found[found.length - 1]
  if (found.length === count && last !== undefined && last.cosine >= neighbour.cosine) return
  let at = found.length
  while (at > 0 && (found[at - 1] as Neighbour).cosine < neighbour.cosine) at--
  found.splice(at, 0, neighbour)
  if (found.length > count) found.pop()
}
