import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Call } from '../core/call.ts'
import { type ErrorDetails, GatewayError } from '../core/errors.ts'
import { type Outcome, outcomes } from '../core/outcome.ts'
import type { Chat, Request } from '../core/request.ts'
import type { Target } from '../core/target.ts'
import { type Advisers, type Decision, decide, type Progress } from './decide.ts'
import type { Route } from './plan.ts'

const target = (id: string, contextWindow?: number): Target => ({
  id,
  provider: 'p',
  model: id,
  weight: 1,
  quirks: {},
  facts: { lacks: [], contextWindow },
})
const [one, two, larger] = [target('p/one', 1_000), target('p/two', 1_000), target('p/larger', 9_000)]

const chat: Chat = { messages: [{ role: 'user', parts: [{ kind: 'text', text: 'hi' }] }], tools: [], stop: [] }
const request: Request = {
  operation: 'chat',
  wire: 'w',
  model: 'm',
  stream: false,
  wantsUsage: false,
  body: {},
  chat,
  untranslatable: [],
}
const route: Route = {
  name: 'm',
  listed: true,
  targets: [one, two],
  policies: [],
  contextChain: [larger],
  policyChain: [],
  timeouts: { totalMs: 600_000, streamTotalMs: 3_600_000, firstTokenMs: 1, idleMs: 1, progressMs: 1 },
  identity: 'chat',
  readsCaller: false,
  retry: { attempts: 4, sameTarget: 1 },
}
const call: Call = {
  id: 'c',
  startedAt: 0,
  started: 0,
  deadline: 600_000,
  request,
  caller: { key: 'k' },
  signal: new AbortController().signal,
  account: { attempts: [] },
  notes: {},
  noFallback: false,
  retryCount: 0,
}
const advisers: Advisers = { now: () => 0, random: () => 0.5, open: () => true, takeRetry: () => true, load: () => 0 }
const begun: Progress = { rest: [two], attempts: 1, again: 0, waitedMs: 0 }

interface Case {
  readonly details?: ErrorDetails
  readonly progress?: Partial<Progress>
  readonly call?: Partial<Call>
  readonly route?: Partial<Route>
  readonly advisers?: Partial<Advisers>
}

const decided = (outcome: Outcome | undefined, given: Case = {}): Decision['kind'] =>
  decide(
    new GatewayError('upstream_failed', 'x', { outcome, ...given.details }),
    {
      call: { ...call, ...given.call },
      route: { ...route, ...given.route },
      target: one,
      progress: { ...begun, ...given.progress },
    },
    { ...advisers, ...given.advisers },
  ).kind

const kept = { call: { request: { ...request, chat: { ...chat, store: true } } } }
const last = { progress: { rest: [] } }
const tired = { progress: { again: 1 } }

/** What follows the first failure · after the same target was tried again · when no other target is left. */
const expected: Record<Outcome, [Decision['kind'], Decision['kind'], Decision['kind']]> = {
  not_sent: ['again', 'next', 'again'],
  ambiguous: ['again', 'next', 'again'],
  server: ['again', 'next', 'again'],
  malformed: ['again', 'next', 'again'],
  lock: ['again', 'next', 'again'],
  throttled: ['next', 'next', 'again'],
  quota: ['next', 'next', 'stop'],
  auth: ['next', 'next', 'stop'],
  not_found: ['next', 'next', 'stop'],
  incapable: ['next', 'next', 'stop'],
  context: ['chain', 'chain', 'chain'],
  policy: ['stop', 'stop', 'stop'],
  too_large: ['stop', 'stop', 'stop'],
  caller: ['stop', 'stop', 'stop'],
  cancelled: ['stop', 'stop', 'stop'],
}

describe('what follows a failed attempt', () => {
  for (const outcome of Object.keys(outcomes) as Outcome[]) {
    const [first, afterRetry, whenLast] = expected[outcome]
    test(`${outcome}: ${first}; after another try: ${afterRetry}; when it was the last: ${whenLast}`, () => {
      assert.equal(decided(outcome), first)
      assert.equal(decided(outcome, tired), afterRetry)
      assert.equal(decided(outcome, last), whenLast)
    })

    test(`${outcome}: nothing follows when all attempts are used`, () => {
      assert.equal(decided(outcome, { progress: { attempts: 4 } }), 'stop')
    })

    test(`${outcome}: without fallback no other target is asked`, () => {
      assert.ok(['again', 'stop'].includes(decided(outcome, { call: { noFallback: true } })))
    })

    test(`${outcome}: with an empty retry budget the same target is not tried again`, () => {
      assert.notEqual(decided(outcome, { advisers: { takeRetry: () => false } }), 'again')
    })
  }

  test('what the provider keeps is not sent twice once bytes may have reached it', () => {
    assert.equal(decided('ambiguous', kept), 'stop')
    assert.equal(decided('not_sent', kept), 'again')
  })

  test('a wait that was asked for is obeyed only up to thirty seconds, a minute in all, and the deadline', () => {
    const asked = (retryAfterMs: number, progress: Partial<Progress> = {}, more: Case = {}): Decision['kind'] =>
      decided('throttled', { ...more, details: { retryAfterMs }, progress: { rest: [], ...progress } })
    assert.equal(asked(30_000), 'again')
    assert.equal(asked(30_001), 'stop')
    assert.equal(asked(30_000, { waitedMs: 30_001 }), 'stop')
    assert.equal(asked(5_000, {}, { call: { deadline: 4_000 } }), 'stop')
  })

  test('the pause is what was asked for, else a random part of a bound that doubles', () => {
    const pauseOf = (details: ErrorDetails, again = 0): number => {
      const decision = decide(
        new GatewayError('upstream_failed', 'x', { outcome: 'server', ...details }),
        {
          call,
          route: { ...route, retry: { attempts: 6, sameTarget: 5 } },
          target: one,
          progress: { ...begun, rest: [], again },
        },
        advisers,
      )
      assert.equal(decision.kind, 'again')
      return decision.kind === 'again' ? decision.afterMs : 0
    }
    assert.equal(pauseOf({ retryAfterMs: 700 }), 700)
    assert.equal(pauseOf({}), 125)
    assert.equal(pauseOf({}, 3), 1_000)
  })

  test('rather than a wait that was asked for, another target; a wait that is too long is no reason to hurry', () => {
    assert.equal(decided('server', { details: { retryAfterMs: 700 } }), 'next')
    assert.equal(decided('server', { details: { retryAfterMs: 0 } }), 'again')
    assert.equal(decided('server', { details: { retryAfterMs: 700 }, call: { noFallback: true } }), 'again')
    assert.equal(decided('server', { ...last, details: { retryAfterMs: 30_001 } }), 'stop')
  })

  test('a target that its health has closed is not tried again while another is left', () => {
    assert.equal(decided('server', { advisers: { open: () => false } }), 'next')
    assert.equal(decided('server', { ...last, advisers: { open: () => false } }), 'again')
  })

  test('the upstream can forbid another try at itself, not one elsewhere', () => {
    assert.equal(decided('server', { details: { shouldRetry: false } }), 'next')
  })

  test('a crowded gateway does not walk a chain of overloaded targets', () => {
    const crowded = { advisers: { load: () => 0.81 }, progress: { attempts: 2, again: 1 } }
    assert.equal(decided('server', crowded), 'stop')
    assert.equal(decided('throttled', crowded), 'stop')
    assert.equal(decided('auth', crowded), 'next')
  })

  test('too large a body goes only to a target that is known to take more', () => {
    assert.equal(decided('too_large', { progress: { rest: [two, larger] } }), 'chain')
  })

  test('a content policy chain is walked only when one is configured', () => {
    assert.equal(decided('policy', { route: { policyChain: [two] } }), 'chain')
  })

  test('an error that no attempt caused is told at once', () => {
    assert.equal(decided(undefined), 'stop')
  })
})
