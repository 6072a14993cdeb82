import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { countTokens as reference } from 'gpt-tokenizer/encoding/o200k_base'
import type { Chat, Message, Part } from './request.ts'
import { piecesOf } from './text-pieces.ts'
import { countChat, countTokens, estimateTokens, splitTokens } from './tokens.ts'

const plainly = (text: string): number => reference(text, { disallowedSpecial: new Set() })

const chatOf = (...messages: readonly Message[]): Chat => ({ messages, tools: [], stop: [] })
const user = (...parts: readonly Part[]): Message => ({ role: 'user', parts })

/** Words, signs, numbers and spaces, none of which runs on for more than 256 characters. */
const ordinaryText = fc
  .array(
    fc.oneof(
      fc.constantFrom('the', ' a', 'Hello', ' wörld', '漢字', '🦔', '\n', '  ', '123456', '(', '",', "don't", '\t'),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
    ),
    { maxLength: 60 },
  )
  .map((words) => words.join(''))

describe('countTokens', () => {
  test('gives the counts of known texts', async () => {
    assert.equal(await countTokens(''), 0)
    assert.equal(await countTokens('hello world'), 2)
    assert.equal(await countTokens('tiktoken is great!'), 6)
  })

  test('is the same as the tokenizer for ordinary text', async () => {
    await fc.assert(
      fc.asyncProperty(ordinaryText, async (text) => {
        assert.equal(await countTokens(text), plainly(text))
      }),
      { numRuns: 300 },
    )
  })

  test('is the same as the tokenizer for a text of several slices', async () => {
    const text = 'She said: "no, it\'s 42 or so", and left. \n\n  - the END\n'.repeat(3_000)
    assert.ok([...piecesOf(text)].length > 3)
    assert.equal(await countTokens(text), plainly(text))
  })

  test('takes control tokens in a text for text', async () => {
    assert.equal(await countTokens('<|endoftext|>'), plainly('<|endoftext|>'))
  })

  for (const [name, text] of [
    ['one letter', 'a'.repeat(200_000)],
    [
      'letters of a pattern',
      Array.from({ length: 200_000 }, (_, at) => String.fromCharCode(97 + ((at * at) % 23))).join(''),
    ],
    ['spaces', ' '.repeat(200_000)],
    ['signs', '=-'.repeat(100_000)],
    ['characters of two halves', '🦔🎉'.repeat(50_000)],
  ] as const) {
    test(`counts a run of 200,000 units of ${name} in less than a second`, async () => {
      await countTokens('warm')
      const begun = performance.now()
      const tokens = await countTokens(text)
      assert.ok(performance.now() - begun < 1_000)
      assert.ok(tokens > 500)
    })
  }

  test('lets others have their turn while it counts a long text', async () => {
    await countTokens('warm')
    let turns = 0
    const ticking = setInterval(() => turns++, 1)
    await countTokens('All work and no play makes Jack a dull boy. '.repeat(40_000))
    clearInterval(ticking)
    assert.ok(turns > 2)
  })
})

describe('piecesOf', () => {
  test('loses no character and cuts none in two', () => {
    const long = fc
      .tuple(fc.constantFrom('a', ' ', '!', '🦔', '漢', 'é'), fc.nat({ max: 1_500 }))
      .map(([unit, times]) => unit.repeat(times))
    fc.assert(
      fc.property(fc.array(fc.oneof(long, ordinaryText), { maxLength: 8 }), (texts) => {
        const text = texts.join('').toWellFormed()
        const pieces = [...piecesOf(text)]
        assert.equal(pieces.join(''), text)
        assert.ok(pieces.every((piece) => piece.isWellFormed()))
      }),
    )
  })

  test('leaves no run of one kind longer than it takes to count quickly', () => {
    for (const piece of piecesOf(`${'a'.repeat(1_000)} b ${'-'.repeat(600)}`)) {
      assert.ok(!/[a-z]{257}|-{257}/.test(piece))
    }
  })
})

describe('splitTokens', () => {
  test('gives the text of each token', async () => {
    assert.deepEqual(await splitTokens('hello world'), { tokens: ['hello', ' world'], count: 2 })
  })

  test('joins to the text and counts its tokens, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 80 }), async (text) => {
        const { tokens, count } = await splitTokens(text)
        assert.equal(tokens.join(''), text.toWellFormed())
        assert.equal(count, await countTokens(text))
      }),
    )
  })
})

describe('countChat', () => {
  test('counts the text, four for the message and three for the answer', async () => {
    assert.equal(await countChat(chatOf(user({ kind: 'text', text: 'hello world' }))), 2 + 4 + 3)
  })

  test('counts an image by its detail, not by its bytes', async () => {
    const source = { kind: 'data', data: 'A'.repeat(400_000), mediaType: 'image/png' } as const
    assert.equal(await countChat(chatOf(user({ kind: 'image', source }))), 765 + 7)
    assert.equal(await countChat(chatOf(user({ kind: 'image', source, detail: 'low' }))), 85 + 7)
  })

  test('counts compressed sound ten tokens a second', async () => {
    const oneMinute = { kind: 'data', data: Buffer.alloc(960_000).toString('base64'), mediaType: 'audio/mpeg' } as const
    assert.equal(await countChat(chatOf(user({ kind: 'audio', source: oneMinute, format: 'mp3' }))), 600 + 7)
  })

  test('counts a document by its bytes, and by its words when they are given', async () => {
    const source = {
      kind: 'data',
      data: Buffer.alloc(49_998).toString('base64'),
      mediaType: 'application/pdf',
    } as const
    assert.equal(await countChat(chatOf(user({ kind: 'file', source }))), 2_000 + 7)
    assert.equal(await countChat(chatOf(user({ kind: 'file', source, text: 'hello world' }))), 2 + 7)
  })

  test('counts tools with their descriptions and schemas', async () => {
    const tool = { name: 'weather', description: 'Tells the weather', parameters: { type: 'object' } }
    const expected = 8 + plainly('weather') + plainly('Tells the weather') + plainly('{"type":"object"}')
    assert.equal(await countChat({ ...chatOf(), tools: [tool] }), 3 + expected)
  })

  test('counts calls of tools and their results', async () => {
    const chat = chatOf(
      { role: 'assistant', parts: [{ kind: 'tool_call', id: 'a', name: 'weather', arguments: '{}' }] },
      { role: 'tool', parts: [{ kind: 'tool_result', id: 'a', parts: [{ kind: 'text', text: 'hello world' }] }] },
    )
    assert.equal(await countChat(chat), 3 + 4 + 3 + plainly('weather') + plainly('{}') + 4 + 3 + 2)
  })
})

describe('estimateTokens', () => {
  test('is at most half as much again or a third less than the count, for prose, code and JSON', async () => {
    const texts = [
      'It was the best of times, it was the worst of times, it was the age of wisdom and of foolishness. '.repeat(20),
      'Es war eine dunkle und stürmische Nacht; der Regen fiel in Strömen, außer in gelegentlichen Pausen. '.repeat(20),
      'const total = items.reduce((sum, { price, count }) => sum + price * count, 0)\n'.repeat(20),
      JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ id, name: `item ${id}`, active: id % 2 === 0 }))),
    ]
    for (const text of texts) {
      const chat = chatOf(user({ kind: 'text', text }))
      const share = estimateTokens(chat) / (await countChat(chat))
      assert.ok(share > 0.66 && share < 1.5, `${share} for ${text.slice(0, 20)}`)
    }
  })

  test('grows with every message', () => {
    const one = user({ kind: 'text', text: 'hello' })
    assert.ok(estimateTokens(chatOf(one, one)) > estimateTokens(chatOf(one)))
  })

  test('takes less than 10 ms for a megabyte', () => {
    const chat = chatOf(user({ kind: 'text', text: 'hello wörld '.repeat(90_000) }))
    estimateTokens(chat)
    const begun = performance.now()
    estimateTokens(chat)
    assert.ok(performance.now() - begun < 10)
  })
})
