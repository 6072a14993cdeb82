import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { treeBase, treeTable } from './tree-table.ts'
import { oddsOfTrees } from './trees.ts'

/** What a written tree says, read token by token. */
const slowly = (tree: string, numbers: readonly number[]): number => {
  const tokens = tree.trim().split(/\s+/)
  const next = (): number => {
    const token = tokens.shift() ?? ''
    const [place, threshold] = token.split('<').map(Number) as [number, number | undefined]
    if (threshold === undefined) return place
    const [below, above] = [next(), next()]
    return (numbers[place] ?? 0) <= threshold ? below : above
  }
  const said = next()
  assert.deepEqual(tokens, [])
  return said
}

test('the trees say together what each of them says as it is written', () => {
  const number = fc.double({ min: -8, max: 8, noNaN: true })
  fc.assert(
    fc.property(number, fc.array(number, { minLength: 69, maxLength: 69 }), (odds, numbers) => {
      const all = treeTable.split(';').reduce((sum, tree) => sum + slowly(tree, [odds, ...numbers]), treeBase)
      assert.ok(Math.abs(oddsOfTrees(odds, numbers) - all) < 1e-9)
    }),
  )
})

test('every tree is small, and looks only at numbers that there are', () => {
  for (const tree of treeTable.split(';')) {
    assert.ok(tree.trim().split(/\s+/).length <= 11)
    for (const [, place] of tree.matchAll(/(\d+)</g)) assert.ok(Number(place) <= 69)
  }
})
