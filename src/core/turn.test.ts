import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEndOfTurn } from './turn.ts'

describe('the end of a turn', () => {
  it('comes after what is under way, and in the order of asking', async () => {
    const told: string[] = []
    atEndOfTurn(() => told.push('first'))
    atEndOfTurn(() => told.push('second'))
    told.push('under way')
    while (told.length < 3) await sleep(1)
    assert.deepEqual(told, ['under way', 'first', 'second'])
  })

  it('is waited for while turns bring more, but not for ever', async () => {
    let asked = 0
    let done = 0
    const sizes: number[] = []
    const more = (): void => {
      if (asked === 100) return
      asked += 2
      for (let each = 0; each < 2; each++)
        atEndOfTurn(() => {
          done++
          sizes.push(asked)
        })
      setImmediate(more)
    }
    more()
    while (asked < 100 || done < 100) await sleep(1)
    assert.equal(done, 100)
    assert.ok((sizes[0] as number) > 2, 'several were waited for')
    assert.ok((sizes[0] as number) <= 40, `the first ran before ${sizes[0]} were asked`)
  })

  it('takes up what is asked for while it runs', async () => {
    const told: string[] = []
    atEndOfTurn(() => {
      told.push('outer')
      atEndOfTurn(() => told.push('inner'))
    })
    while (told.length < 2) await sleep(1)
    assert.deepEqual(told, ['outer', 'inner'])
  })
})
