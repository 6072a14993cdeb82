import { describe, it } from 'node:test'
import { killAt, points } from './killed.ts'

describe('a process that is killed', () => {
  for (const point of points)
    for (const time of [1, 2])
      it(`${point}, for the ${time === 1 ? 'first' : 'second'} time, leaves the books right`, () => killAt(point, time))
})
