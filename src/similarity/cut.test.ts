import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leastProbability } from './choose.ts'
import { createCuts } from './cut.ts'

const most = 0.005
const usual = leastProbability(most)

const after = (count: number, probabilityOf: (index: number) => number): number => {
  const cuts = createCuts()
  for (let index = 0; index < count; index++) cuts.saw('team', probabilityOf(index))
  return cuts.least('team', most)
}

test('a scope of which nothing is known gets what is usual', () => {
  assert.equal(createCuts().least('team', most), usual)
})

test('where few questions have a fellow, a less sure one is worth its risk', () => {
  assert.ok(after(4000, (index) => (index % 50 === 0 ? 0.8 : 0)) < 0.8)
})

test('where many have one that is not sure, none of these is given', () => {
  const cut = after(4000, (index) => (index % 2 === 0 ? 0.8 : 0))
  assert.ok(cut > 0.8 && cut <= usual)
})

test('it is never stricter than usual, nor ever laxer than where mistakes begin to be common', () => {
  assert.ok(after(4000, () => 0.92) <= usual)
  assert.ok(after(50_000, () => 0) >= 0.72)
})

test('what is expected to be wrong of what is given stays near what may be', () => {
  const probabilityOf = (index: number): number => (index % 3 === 0 ? 0.6 + ((index * 7) % 40) / 100 : 0)
  const cut = after(9000, probabilityOf)
  let wrong = 0
  for (let index = 0; index < 9000; index++) if (probabilityOf(index) >= cut) wrong += 1 - probabilityOf(index)
  assert.ok(cut === usual || wrong / 9000 <= most * 1.9)
})

test('what was long ago is forgotten', () => {
  assert.ok(after(100_000, (index) => (index < 20_000 && index % 2 === 0 ? 0.8 : 0)) < 0.8)
})

test('one scope says nothing of another, and the one not asked for longest is forgotten', () => {
  const cuts = createCuts(2)
  for (let index = 0; index < 1000; index++) cuts.saw('one', 0)
  assert.ok(cuts.least('one', most) < usual)
  assert.equal(cuts.least('two', most), usual)
  cuts.saw('two', 0)
  cuts.saw('three', 0)
  assert.equal(cuts.least('one', most), usual)
})
