import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError } from './complaints.ts'
import type { ModelConfig } from './config.ts'
import { loadConfig } from './load.ts'

const load = (chat: string) =>
  loadConfig({
    text: `providers: { sim: { kind: simulated } }\nmodels:\n  chat: { targets: [sim/small, sim/large], ${chat} }\n`,
    file: 't.yaml',
    environment: {},
    probe: async () => undefined,
  })

const modelOf = async (chat: string): Promise<ModelConfig> => {
  const { config } = await load(chat)
  const model = config.models.get('chat')
  assert.ok(model)
  return model
}

const complaintsOf = async (chat: string): Promise<string[]> => {
  const error = await load(chat).then(
    () => assert.fail('it was accepted'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof ConfigError, String(error))
  return error.message.split('\n').map((line) => line.replace(/^t\.yaml:3:\d+ models\.chat\./, ''))
}

const wrong: readonly (readonly [name: string, chat: string, ...complaints: string[]])[] = [
  [
    'an unknown thing that calls belong together by',
    'policies: [{ sticky: sesion }]',
    'policies[0].sticky: expected one of session, endUser, user, key, prefix, got "sesion"; did you mean "session"?',
  ],
  [
    'an unknown condition',
    'policies: [{ when: { need: image }, use: [sim/large] }]',
    'policies[0].when.need: unknown field; did you mean "needs"?',
  ],
  [
    'a target that does not exist',
    'policies: [{ when: { stream: true }, use: [simm/large] }]',
    'policies[0].use[0]: no provider is called "simm"; did you mean "sim"?',
  ],
  [
    'a rule without targets',
    'policies: [{ when: { stream: true } }]',
    'policies[0].use: is missing; it says who answers then',
  ],
  [
    'a rule without a condition',
    'policies: [{ use: [sim/large] }]',
    'policies[0].when: is missing; it says when these targets are used',
  ],
  [
    'a condition that says nothing',
    'policies: [{ when: {}, use: [sim/large] }]',
    'policies[0].when: says nothing, so it would always hold; write these targets as the targets of the model',
  ],
  ['an empty policy', 'policies: [{}]', 'policies[0]: is empty; expected sticky, or when and use'],
  [
    'a rule after what it would undo',
    'policies: [healthy, { when: { stream: true }, use: [sim/large] }]',
    'policies[1]: rules choose who may answer: write them before all other policies',
  ],
  [
    'a rule that is sticky as well',
    'policies: [{ sticky: key, use: [sim/large] }]',
    'policies[0].use: does not go with sticky; make it a policy of its own',
  ],
  [
    'a time zone that does not exist',
    'policies: [{ when: { time: { from: "08:00", timezone: Europe/Berln } }, use: [sim/large] }]',
    'policies[0].when.time.timezone: no time zone is called "Europe/Berln"; did you mean "Europe/Berlin"?',
  ],
  [
    'a time that no clock shows',
    'policies: [{ when: { time: { from: "25:00" } }, use: [sim/large] }]',
    'policies[0].when.time.from: expected a time of day such as 08:30, got "25:00"',
  ],
  [
    'a time that is over when it begins',
    'policies: [{ when: { time: { from: "08:00", to: "08:00" } }, use: [sim/large] }]',
    'policies[0].when.time.to: is the same as from; leave both out to mean the whole day',
  ],
  [
    'a length that no prompt has',
    'policies: [{ when: { tokens: { from: 100, below: 100 } }, use: [sim/large] }]',
    'policies[0].when.tokens: can never hold: from must be less than below',
  ],
  [
    'a patience that is none',
    'hedge: { after: p20 }',
    'hedge.after: expected a percentile from p50 to p99.9 such as p95, or a duration such as 800ms, got "p20"',
  ],
  [
    'a hedge that never happens',
    'hedge: { budget: 0 }',
    'hedge.budget: expected more than 0; without hedging, remove hedge',
  ],
  [
    'a mirror without a share',
    'mirror: { target: sim/large }',
    'mirror.share: expected a share: a number from 0 to 1, or a percentage such as 5%, got nothing',
  ],
  [
    'a mirror of nothing',
    'mirror: { target: sim/large, share: 0% }',
    'mirror.share: expected more than 0; to copy nothing, remove mirror',
  ],
  [
    'a mirror to nobody',
    'mirror: { target: simm/large, share: 5% }',
    'mirror.target: no provider is called "simm"; did you mean "sim"?',
  ],
]

describe('what is said of a model whose routing is wrong', () => {
  for (const [name, chat, ...complaints] of wrong)
    test(`names ${name}, with its line and path`, async () => assert.deepEqual(await complaintsOf(chat), complaints))
})

describe('how a model is routed', () => {
  test('is read with every condition as a list', async () => {
    const { rules, policies } = await modelOf(
      `policies: [
        { when: { needs: image, team: [shop, lab], tags: { tier: gold }, metadata: { retry: true } }, use: [{ target: sim/large, weight: 2 }] },
        { when: { time: { from: "22:00", to: "06:00", days: [weekdays, sat], timezone: Europe/Berlin } }, use: [sim/small] },
        { sticky: session }, healthy ]`,
    )
    const large = { id: 'sim/large', provider: 'sim', model: 'large', weight: 2 }
    assert.deepEqual(rules[0]?.use, [large])
    const { needs, team, tags, metadata } = rules[0]?.when ?? {}
    assert.deepEqual(
      [needs, team, tags, metadata],
      [['image'], ['shop', 'lab'], { tier: ['gold'] }, { retry: ['true'] }],
    )
    assert.deepEqual(rules[1]?.when.time, {
      timezone: 'Europe/Berlin',
      from: 22 * 60,
      to: 6 * 60,
      days: [1, 2, 3, 4, 5, 6],
    })
    assert.deepEqual(policies, [{ sticky: ['session'] }, 'healthy'])
  })

  test('is hedged after the 95th percentile, for one in twenty calls, where nothing else is said', async () => {
    assert.deepEqual((await modelOf('hedge: {}')).hedge, { after: { share: 0.95 }, budget: 0.05 })
    assert.deepEqual((await modelOf('hedge: { after: 800ms, budget: 2% }')).hedge, { after: { ms: 800 }, budget: 0.02 })
  })

  test('is neither hedged nor mirrored unless that is asked for', async () => {
    const { hedge, mirror } = await modelOf('retry: { attempts: 2 }')
    assert.deepEqual([hedge, mirror], [undefined, undefined])
  })

  test('is mirrored to its target for its share', async () => {
    const { mirror } = await modelOf('mirror: { target: sim/large, share: 5% }')
    assert.deepEqual([mirror?.target.id, mirror?.share], ['sim/large', 0.05])
  })
})
