import { describe, it } from 'node:test'
import { killAt } from './killed.ts'

describe('a process that is killed', () => {
  it('after it was promised money, leaves the books right', () => killAt('after a lease', 1))
  it('while it settles, leaves the books right', () => killAt('while settling', 1))
  it('while its upstream answers, leaves the books right', () => killAt('half of the events sent', 1))
})
