import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type Language, pathOf, saidIn } from '../faults/client.ts'
import { changed, spoilt } from './mutations.ts'
import { type Posted, post } from './post.ts'
import { type Rig, startRig } from './rig.ts'
import { validBodies } from './valid-bodies.ts'

/** A body, and whether a target of its own language must be asked it. */
interface Case {
  readonly language: Language
  readonly body: string
  readonly isValid: boolean
}

const casesOf = (language: Language): fc.Arbitrary<Case> => {
  const bodies = validBodies[language]
  const valid = bodies.map((body) => JSON.stringify(body))
  const near = changed(bodies)
  const asCase = (isValid: boolean) => (body: string) => ({ language, body, isValid })
  return fc.oneof(
    { arbitrary: valid.map(asCase(true)), weight: 3 },
    { arbitrary: near.map(asCase(false)), weight: 5 },
    { arbitrary: spoilt(fc.oneof(valid, near)).map(asCase(false)), weight: 2 },
    { arbitrary: fc.oneof(fc.json(), fc.string({ unit: 'binary' })).map(asCase(false)), weight: 1 },
  )
}

const cases = fc.oneof(casesOf('openai'), casesOf('anthropic'))

const dangerous = /"(?:__proto__|constructor|prototype)":/

const checkAnswer = ({ text, headers }: Posted, language: Language): void => {
  if (String(headers['content-type']).startsWith('text/event-stream')) {
    const { words, ends, errors } = saidIn(text)
    assert.deepEqual([words, ends, errors], ['Well.', 1, []])
    return
  }
  const answer = JSON.parse(text)
  assert.ok(language === 'openai' ? Array.isArray(answer.choices) : answer.type === 'message', text)
}

const checkRefusal = ({ status, text }: Posted, language: Language): void => {
  assert.ok(status === 400 || status === 404, `${status}: ${text.slice(0, 2_000)}`)
  assert.ok(text.length < 4_096, `${text.length} characters`)
  const { type, error, tollgate } = JSON.parse(text)
  assert.ok(typeof error.message === 'string' && typeof error.type === 'string')
  if (language === 'anthropic') assert.deepEqual([type, typeof tollgate.code], ['error', 'string'])
  else assert.deepEqual([type, typeof error.code, typeof error.tollgate.code], [undefined, 'string', 'string'])
}

/** Asks one body; checks what came back and what was sent on. */
const tryCase = async (rig: Rig, { language, body, isValid }: Case): Promise<void> => {
  const before = rig.openai.journal.length + rig.anthropic.journal.length
  const posted = await post({ port: rig.port, path: pathOf(language), body })
  const asked = rig.openai.journal.length + rig.anthropic.journal.length - before
  if (posted.status === 200) checkAnswer(posted, language)
  else checkRefusal(posted, language)
  assert.equal(asked, posted.status === 200 ? 1 : 0)
  const own = language === 'openai' ? /"model":"(?:chat|up\/any)"/ : /"model":"claude(?:\/any)?"/
  if (isValid && own.test(body)) assert.equal(posted.status, 200, posted.text)
  if (asked === 0 || isValid) return
  const last = [rig.openai.journal.at(-1), rig.anthropic.journal.at(-1)].sort(
    (one, other) => (other?.receivedAt ?? 0) - (one?.receivedAt ?? 0),
  )[0]
  // A text may say these words; a key may not be one of them.
  JSON.parse(last?.body ?? '', (key, value) => {
    assert.ok(!dangerous.test(`"${key}":`), key)
    return value
  })
}

/** Fires so many generated bodies at a gateway whose upstreams are well. Throws with the smallest body that goes wrong. */
export const fire = async (count: number, seed?: number): Promise<void> => {
  const natural = Reflect.ownKeys(Object.prototype).length
  const most = 5_000
  for (let left = count; left > 0; left -= most) {
    await using rig = await startRig()
    const settings = { numRuns: Math.min(left, most), ...(seed === undefined ? {} : { seed: seed + left }) }
    await fc.assert(
      fc.asyncProperty(cases, (each) => tryCase(rig, each)),
      settings,
    )
  }
  assert.equal(Reflect.ownKeys(Object.prototype).length, natural)
}
