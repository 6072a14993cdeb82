import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { GatewayError } from './errors.ts'
import { defaultJsonLimits, type JsonLimits, parseJson } from './parse-json.ts'

const parse = (text: string, limits?: JsonLimits) => parseJson(Buffer.from(text), limits)

/** The message of the refusal of a body. */
const refusal = (body: string | Buffer, limits?: JsonLimits): string => {
  try {
    parseJson(Buffer.from(body), limits)
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error))
    assert.equal(error.code, 'invalid_request')
    return error.message
  }
  throw new assert.AssertionError({ message: `not refused: ${body}` })
}

describe('a body that is accepted', () => {
  test('gives the same value as the language’s own parser', () => {
    const text =
      ' {"a" : [1, -0.5e+2, "x\\n\\u00e9\\ud83d\\ude00", true, false, null, {}, []] ,\r\n\t"b":{"c":"日本"}} '
    assert.deepEqual(parse(text), JSON.parse(text))
  })

  test('may hold the largest safe integers and any finite fraction', () => {
    assert.deepEqual(parse('{"a":[9007199254740991,-9007199254740991,1e20,0.12345678901234568000,-0,1E-400]}'), {
      a: [9007199254740991, -9007199254740991, 1e20, 0.12345678901234568, -0, 0],
    })
  })

  test('may be as deep as the limit', () => {
    assert.ok(parse(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`))
  })

  test('may have as many values and keys as the limit', () => {
    assert.deepEqual(parse('{"a":[1,2]}', { ...defaultJsonLimits, tokens: 5 }), { a: [1, 2] })
  })

  test('may repeat a key in different objects, and deep inside', () => {
    assert.deepEqual(parse('{"a":[{"b":1},{"b":2}],"b":{"a":{"c":{"d":1,"d":2}}}}'), {
      a: [{ b: 1 }, { b: 2 }],
      b: { a: { c: { d: 2 } } },
    })
  })
})

describe('a body that is refused', () => {
  const refused: readonly (readonly [name: string, body: string | Buffer, message: RegExp])[] = [
    ['when it is empty', '', /empty/],
    ['when it is only white space', ' \n', /empty/],
    ['when it is an array', '[]', /must be a JSON object \(at byte 0\)/],
    ['when it is a string', ' "a"', /must be a JSON object \(at byte 1\)/],
    ['when bytes are not UTF-8', Buffer.from('7b2261223a2261ff227d', 'hex'), /UTF-8 \(at byte 7\)/],
    ['when a surrogate is encoded in UTF-8', Buffer.from('7b2261223a22eda080227d', 'hex'), /UTF-8 \(at byte 6\)/],
    ['when it ends inside a character', Buffer.from('7b2261223a22c3', 'hex'), /UTF-8 \(at byte 6\)/],
    ['when a number is infinite', '{"a":1e400}', /too large to be represented \(at byte 5\)/],
    ['when a number has endless digits', `{"a":${'9'.repeat(400)}.5}`, /too large/],
    ['when an integer loses digits', '{"a":[{"b":{"c":{"d":9007199254740993}}}]}', /2\^53 - 1 .*\(at byte 21\)/],
    ['when a negative integer loses digits', '{"a":-9007199254740993}', /2\^53 - 1/],
    ['when a high surrogate stands alone', '{"a":"\\ud800"}', /surrogate pair stands alone \(at byte 6\)/],
    ['when a high surrogate meets another', '{"a":"\\ud800\\ud800"}', /surrogate/],
    ['when a low surrogate stands alone', '{"a":"x\\udc00"}', /surrogate pair stands alone \(at byte 7\)/],
    ['when a surrogate stands alone in a key', '{"\\udfff":1}', /surrogate/],
    [
      'when a key occurs twice at the top',
      '{"model":"a","model":"b"}',
      /"model" occurs twice in one object \(at byte 13\)/,
    ],
    ['when a key occurs twice in a message', '{"messages":[{"role":"user","role":"system"}]}', /"role" occurs twice/],
    ['when the second spelling is escaped', '{"model":"a","m\\u006fdel":"b"}', /"model" occurs twice/],
    ['when the first spelling is escaped', '{"\\u00e9":"a","é":"b"}', /"é" occurs twice/],
    ['when the twin stands behind an inner object', '{"a":{"b":{"a":1}},"a":1}', /"a" occurs twice/],
    ['when something follows the object', '{} {}', /goes on after its JSON object \(at byte 3\)/],
    ['when a raw control character is in a string', '{"a":"x\ny"}', /raw control character \(at byte 7\)/],
    ['when a raw control character is in an escaped key', '{"\\u0061\n":1}', /raw control character/],
    ['when a string has no end', '{"a":"x', /A string has no end \(at byte 5\)/],
    ['when an escape has no end', '{"a":"\\', /has no end|not valid JSON/],
  ]
  for (const [name, body, message] of refused) test(name, () => assert.match(refusal(body), message))

  test('with the byte, not the character, when it breaks the grammar', () => {
    assert.equal(refusal('{"é":tru}'), 'The body is not valid JSON (at byte 6).')
  })

  test('without echoing its words', () => {
    assert.doesNotMatch(refusal('{"secret-prompt": secret-prompt}'), /secret/)
  })

  test('when it breaks the grammar anywhere', () => {
    const broken = ['{', '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', '{,}', '{"a" 1}', '{"a":[1,]}', '{"a":[,1]}']
    broken.push('{"a":[1 2]}', '{"a":[}', '{"a":{]}', '{a:1}', "{'a':1}", '{"a":01}', '{"a":-}', '{"a":1.}', '{"a":.5}')
    broken.push('{"a":1e}', '{"a":+1}', '{"a":NaN}', '{"a":Infinity}', '{"a":nul}', '{"a":True}', '{"a":"\\x41"}')
    broken.push('{"a":"\\u12g4"}', '{"a":1}}', '{"a":1]', '\ufeff{}', '{"a":1}//', '{"a":"\\u123"}', '{"a":--1}')
    for (const text of broken) {
      assert.throws(() => JSON.parse(text), SyntaxError, text)
      assert.match(refusal(text), /at byte \d+/)
    }
  })

  test('when one of many keys occurs twice', () => {
    const many = Array.from({ length: 100 }, (_, index) => `"k${index}":0`)
    assert.ok(parse(`{${many.join(',')}}`))
    assert.match(refusal(`{${many.join(',')},"k3":1}`), /"k3" occurs twice/)
    assert.match(refusal(`{${many.join(',')},"k99":1}`), /"k99" occurs twice/)
  })

  test('when it is deeper than the limit, however deep, without recursion', () => {
    assert.match(refusal(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`), /nested deeper than 64 \(at byte 68\)/)
    assert.match(refusal(`{"a":${'['.repeat(5_000_000)}`), /nested deeper than 64/)
    assert.match(refusal('{"a":'.repeat(1_000_000)), /nested deeper than 64/)
  })

  test('when it has more values and keys than the limit', () => {
    assert.match(refusal('{"a":[1,2]}', { ...defaultJsonLimits, tokens: 4 }), /more than 4 JSON values and keys/)
    assert.match(refusal(`{"a":[${'0,'.repeat(200_000)}0]}`), /more than 200000/)
  })
})

describe('keys that could reach a prototype', () => {
  test('are dropped at any depth', () => {
    const text = '{"__proto__":{"x":1},"a":[{"b":{"c":{"d":{"constructor":{"prototype":1},"keep":1}}}}],"prototype":2}'
    const value = parse(text)
    assert.deepEqual(Object.keys(value), ['a'])
    assert.deepEqual(value, { a: [{ b: { c: { d: { keep: 1 } } } }] })
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
  })

  test('are dropped in escaped spellings', () => {
    assert.deepEqual(parse('{"\\u005f_proto__":{"x":1},"a":{"constr\\u0075ctor":1}}'), { a: {} })
  })

  test('are no harm as values', () => {
    assert.deepEqual(parse('{"a":"__proto__","b":["constructor"]}'), { a: '__proto__', b: ['constructor'] })
  })
})

describe('properties', () => {
  const dangerous = new Set(['__proto__', 'constructor', 'prototype'])
  const key = fc.string({ unit: 'binary', maxLength: 12 }).filter((name) => !dangerous.has(name))
  const { object } = fc.letrec<{ value: unknown; object: object }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, false),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.maxSafeInteger(),
      fc.double({ min: -1e15, max: 1e15, noNaN: true }),
      fc.array(tie('value'), { maxLength: 5 }),
      tie('object'),
    ),
    object: fc.dictionary(key, tie('value'), { maxKeys: 20, noNullPrototype: true }),
  }))

  /** A string in JSON with every third character, or so, written as an escape. */
  const escaped = (text: string): string => {
    const characters = Array.from(text, (character, index) => {
      if ((character.charCodeAt(0) + index) % 3 > 0) return JSON.stringify(character).slice(1, -1)
      return character
        .split('')
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join('')
    })
    return `"${characters.join('')}"`
  }

  test('every JSON object is read as the language’s own parser reads it', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent)
        assert.deepEqual(parse(text), JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  test('escapes change nothing', () => {
    const strings = fc.dictionary(key, fc.string({ unit: 'binary' }), { noNullPrototype: true })
    fc.assert(
      fc.property(strings, (value) => {
        const members = Object.entries(value).map(([name, text]) => `${escaped(name)}:${escaped(text)}`)
        assert.deepEqual(parse(`{${members.join(',')}}`), value)
      }),
      { numRuns: 500 },
    )
  })

  test('whatever the bytes are, it answers as the language’s own parser or throws a GatewayError', () => {
    const pieces = ['{', '}', '[', ']', ',', ':', '"', '"a"', '"b":', '\\', '\\u00', '1', '-', '.5', 'e9', 'null', ' ']
    const text = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => `{"k":${parts.join('')}`)
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
      text.map((value) => Buffer.from(value)),
    )
    fc.assert(
      fc.property(bytes, (body) => {
        let value: unknown
        try {
          value = parseJson(body)
        } catch (error) {
          assert.ok(error instanceof GatewayError, String(error))
          return
        }
        assert.deepEqual(value, JSON.parse(body.toString()))
      }),
      { numRuns: 3000 },
    )
  })

  test('a changed byte of a valid body never gets past both parsers with different results', () => {
    fc.assert(
      fc.property(object, fc.nat(), fc.nat(255), (value, place, byte) => {
        const body = Buffer.from(JSON.stringify(value))
        body[place % body.length] = byte
        let read: unknown
        try {
          read = parseJson(body)
        } catch (error) {
          assert.ok(error instanceof GatewayError, String(error))
          return
        }
        assert.deepEqual(read, JSON.parse(body.toString()))
      }),
      { numRuns: 2000 },
    )
  })
})
