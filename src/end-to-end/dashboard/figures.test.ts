import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { usdFromNanos } from '../../core/money.ts'
import { type FakeUpstream, openaiError, openaiText, startFakeUpstream } from '../../testing/index.ts'
import { until } from '../faults/harness.ts'
import { type DashboardRig, startDashboardRig, webKey, withoutBrowser } from './rig.ts'

const calls = 40
/** From 5 ms to 398 ms, in no order. */
const delayOf = (call: number): number => 5 + ((call * 17) % calls) * 10
const usage = { input: 1_234, output: 56 }

/** The share of durations is no longer than this. */
const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
}

const msIn = (text: string): number => {
  const [, value = '', unit] = /([\d.]+) (ms|s)\b/.exec(text) ?? []
  return Number(value) * (unit === 's' ? 1_000 : 1)
}

/** Within 1 %, and what is lost by rounding to three digits. */
const isNear = (told: number, true_: number): boolean => Math.abs(told - true_) <= 0.01 * true_ + 0.005 * true_ + 0.5

const costOfAll = ({ records }: DashboardRig): bigint =>
  records.reduce((sum, { costNanos = 0n }) => sum + costNanos, 0n)

describe('what the dashboard shows of known traffic', { skip: withoutBrowser }, () => {
  let upstream: FakeUpstream
  let rig: DashboardRig
  let page: Page
  before(async () => {
    upstream = await startFakeUpstream()
    let asked = 0
    upstream.always(({ body }) =>
      JSON.parse(body).model === 'broken'
        ? openaiError(500, null, 'It broke.')
        : { ...openaiText('Yes.', { usage }), headDelayMs: delayOf(asked++) },
    )
    const provider = { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1`, apiKey: 'sk-of-the-dashboard-test' }
    rig = await startDashboardRig({
      providers: { first: provider, second: provider },
      models: { chat: ['second/good'], careful: { targets: ['first/broken', 'second/good'] } },
      prices: { '*/*': { input: 1, output: 3 } },
      teams: { shop: {} },
      keys: [{ name: 'web', key: webKey, team: 'shop' }],
      budgets: [{ scope: 'team:shop', usd: 1, per: 'month' }],
    })
    const left = Array.from({ length: calls - 2 }, (_, call) => call)
    const worker = async (): Promise<void> => {
      while (left.pop() !== undefined) await (await rig.chat({ model: 'chat' })).text()
    }
    await Promise.all([worker(), worker(), worker(), worker()])
    await (await rig.chat({ model: 'careful' })).text()
    await (await rig.chat({ model: 'nothing' })).text()
    await until(() => rig.records.length === calls, 'not every call was recorded')
    page = await rig.signedIn()
  })
  after(async () => {
    await rig?.[Symbol.asyncDispose]()
    await upstream?.close()
  })

  const figure = async (name: string): Promise<string> =>
    (await page.locator(`[data-figure="${name}"]`).first().textContent()) ?? ''
  const noteOf = async (name: string): Promise<string> =>
    (await page.locator(`.figure:has([data-figure="${name}"]) .note`).first().textContent()) ?? ''

  test('counts are those of the journal, money is exact to the cent, and percentiles are within 1 %', async () => {
    await rig.show(page, 'overview', 'Overview')
    await page.locator('[data-figure="calls"]').waitFor()
    assert.equal(await figure('calls'), String(calls))
    assert.match(await noteOf('error-rate'), /^1 failed/)
    assert.equal(await figure('attempts'), String(upstream.journal.length))
    const answered = upstream.journal.filter(({ body }) => JSON.parse(body).model === 'good').length
    const tokens = await noteOf('tokens')
    assert.equal(
      tokens,
      `${(answered * usage.input).toLocaleString('en')} in · ${(answered * usage.output).toLocaleString('en')} out`,
    )
    const cost = costOfAll(rig)
    assert.equal(cost, BigInt(answered * (usage.input * 1_000 + usage.output * 3_000)))
    const shown = await page.locator('[data-figure="spend"] [title]').getAttribute('title')
    assert.equal(shown, `US$ ${usdFromNanos(cost)}`)
    const durations = rig.records.map(({ durationMs }) => durationMs)
    const note = await noteOf('latency')
    assert.ok(isNear(msIn(await figure('latency')), percentile(durations, 0.5)), await figure('latency'))
    assert.ok(isNear(msIn(note.split('·')[0] ?? ''), percentile(durations, 0.95)), note)
    assert.ok(isNear(msIn(note.split('·')[1] ?? ''), percentile(durations, 0.99)), note)
  })

  test('a call is told with its attempts, why it went on, and what it cost', async () => {
    const record = rig.records.find(({ attempts }) => attempts.length > 1)
    assert.ok(record)
    await rig.show(page, 'calls?model=careful', 'Calls')
    await page.getByRole('row').nth(1).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: record.id }).waitFor()
    await page.getByText('Attempt 1 at first/broken ended with upstream_failed').waitFor()
    await page.getByText('second/good answered in their place.').waitFor()
    assert.equal(await page.getByRole('img', { name: /took/ }).count(), record.attempts.length)
    const cost = await page.locator('[data-figure="cost"] [title]').getAttribute('title')
    assert.equal(cost, `US$ ${usdFromNanos(record.costNanos ?? 0n)}`)
  })

  test('money by group is the same sum, and a budget tells what is left', async () => {
    await rig.show(page, 'spend?by=team&range=24h', 'Spend')
    const cost = costOfAll(rig)
    await page.locator('[data-figure="total"] [title]').waitFor()
    assert.equal(await page.locator('[data-figure="total"] [title]').getAttribute('title'), `US$ ${usdFromNanos(cost)}`)
    await page.getByRole('row', { name: /^shop/ }).waitFor()
    await page.getByText('of $1.00').waitFor()
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ])
    assert.equal(saved.suggestedFilename(), 'usage.csv')
  })

  test('a key is created, its secret shown once, and it opens the gateway', async () => {
    await rig.show(page, 'keys', 'Keys')
    await page.getByRole('button', { name: 'Create key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('nightly')
    await dialog.getByLabel('Team').fill('shop')
    await dialog.getByRole('button', { name: 'Create' }).click()
    const secret = (await page.locator('.secret').textContent()) ?? ''
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('row', { name: /^nightly/ }).waitFor()
    assert.equal((await page.content()).includes(secret), false)
    const told = await rig.chat({ model: 'chat' }, { authorization: `Bearer ${secret}` })
    assert.equal(told.status, 200)
    await told.text()
    assert.deepEqual(rig.problems, [])
  })

  test('a limit that makes calls wait goes on doing so when it is edited', async () => {
    const kept = async () => (await (await rig.ask('GET', '/allowances/patient')).json()) as Record<string, unknown>
    await rig.show(page, 'budgets', 'Budgets and limits')
    await page.getByRole('button', { name: 'Set a budget or limit' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Whose').fill('key:patient')
    await dialog.getByLabel('Unit').selectOption('concurrency')
    await dialog.getByLabel('Limit', { exact: true }).fill('2')
    await dialog.getByLabel('A call that does not fit').selectOption('wait')
    await dialog.getByLabel('Name').fill('patient')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Edit patient' }).click()
    assert.equal((await kept()).onLimit, 'wait')
    await dialog.getByLabel('Limit', { exact: true }).fill('3')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const { limit, onLimit } = await kept()
    assert.deepEqual({ limit, onLimit }, { limit: '3', onLimit: 'wait' })
  })
})
