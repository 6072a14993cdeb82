import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { Answer, type Form } from './answer.ts'
import { Chunk } from './chunk.ts'
import { GatewayError } from './errors.ts'

const target = { id: 'up/m', provider: 'up', model: 'm', weight: 1, quirks: { endMark: false }, facts: undefined }
const finish = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'

const answerOf = (form: Form, ...texts: readonly string[]): Answer => {
  const reader = openaiChat.reader(form)
  const chunks = texts.map((text) => new Chunk(Buffer.from(text), true, reader))
  return new Answer(
    { wire: 'openai-chat', form, target, headers: {} },
    { pull: () => chunks.shift(), cancel: () => {} },
  )
}

/** Reads to where it is held back; then what comes once it is let go. */
const heldAt = async (answer: Answer): Promise<string> => {
  const gate = Promise.withResolvers<void>()
  const seen: string[] = []
  answer.watch({ done: () => void seen.push('done'), hold: () => gate.promise })
  const reading = (async () => {
    for await (const { bytes } of answer) seen.push(bytes.toString().slice(0, 12))
    seen.push('end')
  })()
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  seen.push('|')
  gate.resolve()
  await reading
  return seen.join(' ')
}

describe('an answer that is held back', () => {
  it('gives its end mark, its only body or its end only when it is let go', async () => {
    const body = '{"choices":[{"index":0,"message":{"content":"x"},"finish_reason":"stop"}]}'
    assert.equal(await heldAt(answerOf('events', finish, 'data: [DONE]\n\n')), 'data: {"choi done | data: [DONE] end')
    assert.equal(await heldAt(answerOf('whole', body)), 'done | {"choices":[ end')
    assert.equal(await heldAt(answerOf('events', finish)), 'data: {"choi done | end')
  })

  it('is not asked to wait when it fails or is cancelled', () => {
    const answer = answerOf('events', finish)
    let asked = 0
    answer.watch({
      hold: () => {
        asked++
        return undefined
      },
    })
    answer.cancel(new GatewayError('cancelled', 'Enough.'))
    assert.equal(asked, 0)
  })
})

describe('an answer whose source is an answer', () => {
  it('that is cancelled is told to those first who watch the inner one', () => {
    const told: string[] = []
    const inner = answerOf('events', finish).watch({ fail: () => void told.push('inner') })
    const outer = new Answer(inner.head, { pull: () => inner.pull(), cancel: (reason) => inner.cancel(reason) })
    outer.watch({ fail: () => void told.push('outer') })
    outer.cancel(new GatewayError('cancelled', 'Enough.'))
    outer.cancel(new GatewayError('cancelled', 'Enough again.'))
    assert.deepEqual(told, ['inner', 'outer'])
  })
})
