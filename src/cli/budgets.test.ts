import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFolder, run } from './spawned.ts'

const files = {
  'tollgate.yaml':
    'teams: { shop: { budget: { usd: 1000, per: month } } }\nkeys: [{ name: web, key: web-secret, team: shop }]\n',
}

describe('tollgate budgets', () => {
  test('sets a budget, changes it when it is set once more, lists it beside those of the configuration, deletes it', async () => {
    await using folder = await createFolder(files)
    const surroundings = { folder: folder.path }
    const words = ['budgets', 'set', '--scope', 'team:shop', '--per', 'day', '--timezone', 'Europe/Berlin', '--soft']
    const set = await run([...words, '--usd', '50', '--alert', '80%', '--alert', '100%'], surroundings)
    assert.equal(set.errors.replace(/.* is new\.\n/, ''), '')
    assert.equal(set.output, 'team-shop-usd-day is set: 50 USD per day (Europe/Berlin) for team:shop.\n')
    const changed = await run([...words, '--usd', '60.5', '--alert', '80%,100%', '--json'], surroundings)
    assert.deepEqual(JSON.parse(changed.output), {
      id: 'team-shop-usd-day',
      scope: 'team:shop',
      unit: 'usd',
      limit: '60.5',
      limitNanos: '60500000000',
      window: { kind: 'calendar', per: 'day', timezone: 'Europe/Berlin' },
      hard: false,
      onLimit: 'refuse',
      onShort: 'clamp',
      alerts: [80, 100],
      declared: false,
      standings: [],
      subjects: 0,
    })
    await run(['budgets', 'set', '--scope', 'key:web', '--requests', '300/m'], surroundings)
    const listed = await run(['budgets', 'list'], surroundings)
    assert.deepEqual(
      listed.output
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
      [
        ['ID', 'WHOSE', 'LIMIT', 'USED', 'AT SERVERS', 'FREE', 'AT THE LIMIT', 'FROM'],
        ['key-web-requests-1m', 'key:web', '300 requests in 1m', '0', '0', '300', 'refuse', 'store'],
        [
          'team-shop-usd-day',
          'team:shop',
          '60.5 USD per day (Europe/Berlin)',
          '0',
          '0',
          '60.5',
          'go on, told at 80% 100%',
          'store',
        ],
        [
          'team:shop/budget/month',
          'team:shop',
          '1000 USD per month (UTC)',
          '0',
          '0',
          '1000',
          'refuse, told at 50% 80% 100%',
          'configuration',
        ],
      ],
    )
    const deleted = await run(['budgets', 'delete', 'team-shop-usd-day'], surroundings)
    assert.equal(deleted.output, 'team-shop-usd-day is gone: nothing is held for it any more.\n')
    const left = await run(['budgets', 'list', '--scope', 'team:shop', '--json'], surroundings)
    assert.deepEqual(
      JSON.parse(left.output).map(({ id }: { id: string }) => id),
      ['team:shop/budget/month'],
    )
  })

  test('fails with 1 and says what was wrong, and with 2 where words do not go together', async () => {
    await using folder = await createFolder(files)
    const surroundings = { folder: folder.path }
    const set = (...words: string[]) => run(['budgets', 'set', '--scope', 'key:web', ...words], surroundings)
    await set('--requests', '300/m')
    const failed = await Promise.all([
      run(['budgets', 'delete', 'key-web-requests-1h'], surroundings),
      run(['budgets', 'delete', 'team:shop/budget/month'], surroundings),
      run(['budgets', 'release', 'nobody'], surroundings),
      set('--usd', '5', '--id', 'key-web-requests-1m'),
      set('--usd', '5', '--webhook', 'ftp://example.org'),
    ])
    assert.deepEqual(
      failed.map(({ code }) => code),
      [1, 1, 1, 1, 1],
    )
    assert.match(
      failed[0]?.errors ?? '',
      /There is no budget "key-web-requests-1h"; did you mean "key-web-requests-1m"\?/,
    )
    assert.match(failed[1]?.errors ?? '', /declared in the configuration; change it there/)
    assert.match(failed[2]?.errors ?? '', /There is no budget "nobody"/)
    assert.match(failed[3]?.errors ?? '', /counts requests; choose another id to count/)
    assert.match(failed[4]?.errors ?? '', /webhook/)
    const misused = await Promise.all([
      set(),
      set('--usd', '-5'),
      set('--requests', '300'),
      run(['budgets', 'set', '--usd', '5'], surroundings),
      run(['budgets', 'set', '--scope', 'shop', '--usd', '5'], surroundings),
    ])
    assert.deepEqual(
      misused.map(({ code, output }) => ({ code, output })),
      misused.map(() => ({ code: 2, output: '' })),
    )
    assert.match(misused[3]?.errors ?? '', /required option '--scope <scope>' not specified/)
  })

  test('does not take one budget for another whose name differs in what an id cannot hold', async () => {
    await using folder = await createFolder()
    const set = (scope: string) => run(['budgets', 'set', '--scope', scope, '--usd', '5'], { folder: folder.path })
    assert.equal((await set('tag:feature=search')).code, 0)
    const other = await set('tag:feature/search')
    assert.equal(other.code, 1)
    assert.match(other.errors, /is the budget of tag:feature=search already; name this one by --id/)
  })
})
