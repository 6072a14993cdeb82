import { treeBase, treeTable } from './tree-table.ts'

const leaf = -1

interface Trees {
  /** Where each begins. */
  readonly roots: readonly number[]
  /** The place of the number that is looked at; `leaf`: the value is what is said. */
  readonly places: Int16Array
  readonly values: Float64Array
  /** Where it goes on above the threshold; at most the threshold: at the next node. */
  readonly above: Int32Array
}

const read = (table: string): Trees => {
  const trees = table.split(';').map((tree) => tree.trim().split(/\s+/))
  const count = trees.reduce((sum, tokens) => sum + tokens.length, 0)
  const places = new Int16Array(count).fill(leaf)
  const values = new Float64Array(count)
  const above = new Int32Array(count)
  const roots: number[] = []
  let node = 0
  const grow = (tokens: Iterator<string>): void => {
    const [first = '0', second] = String(tokens.next().value).split('<')
    const mine = node++
    values[mine] = Number(second ?? first)
    if (second === undefined) return
    places[mine] = Number(first)
    grow(tokens)
    above[mine] = node
    grow(tokens)
  }
  for (const tokens of trees) {
    roots.push(node)
    grow(tokens[Symbol.iterator]())
  }
  return { roots, places, values, above }
}

const { roots, places, values, above } = read(treeTable)

/** The odds of the regression, put right by what numbers say together. */
export const oddsOfTrees = (odds: number, numbers: readonly number[]): number => {
  let sum = treeBase
  for (const root of roots) {
    let node = root
    let place = places[node] as number
    while (place !== leaf) {
      const value = place === 0 ? odds : (numbers[place - 1] ?? 0)
      node = value <= (values[node] as number) ? node + 1 : (above[node] as number)
      place = places[node] as number
    }
    sum += values[node] as number
  }
  return sum
}
