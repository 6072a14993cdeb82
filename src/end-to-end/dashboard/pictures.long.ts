import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { type DashboardRig, startDashboardRig, webKey, withoutBrowser } from './rig.ts'

const folder = fileURLToPath(new URL('../../../docs/dashboard/', import.meta.url))
const places = [
  'overview',
  'calls',
  'models',
  'spend',
  'budgets',
  'keys',
  'scopes',
  'cache',
  'jobs',
  'webhooks',
  'playground',
  'audit',
]
/** Those that the guide shows. */
const shown = ['overview', 'spend', 'call', 'playground']

const looks = {
  light: { viewport: { width: 1_280, height: 800 }, colorScheme: 'light' },
  dark: { viewport: { width: 1_280, height: 800 }, colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
} as const

const traffic = async (rig: DashboardRig): Promise<void> => {
  const users = ['ann', 'bob', 'cy']
  const left = Array.from({ length: 160 }, (_, call) => call)
  const worker = async (): Promise<void> => {
    for (let call = left.pop(); call !== undefined; call = left.pop()) {
      const model = ['chat', 'fast', 'careful'][call % 3] ?? 'chat'
      const headers = {
        'x-tollgate-user': users[(call % 7) % 3] ?? '',
        'x-tollgate-tags': `feature=${call % 5 === 0 ? 'search' : 'help'}`,
      }
      const messages = [{ role: 'user', content: `Question ${call % 40}` }]
      await (await rig.chat({ model, messages, stream: call % 2 === 0, max_tokens: 20 + (call % 60) }, headers)).text()
    }
  }
  await Promise.all(Array.from({ length: 6 }, worker))
}

describe('the dashboard in pictures', { skip: withoutBrowser }, () => {
  let rig: DashboardRig
  before(async () => {
    mkdirSync(folder, { recursive: true })
    rig = await startDashboardRig({
      providers: {
        west: { kind: 'simulated', models: ['large', 'small'], latencyMs: { p50: 60, p99: 400 } },
        east: { kind: 'simulated', models: ['large', 'small'], errorRate: '4%', latencyMs: { p50: 120, p99: 900 } },
        shaky: { kind: 'simulated', models: ['large'], errorRate: '50%', latencyMs: { p50: 90, p99: 300 } },
      },
      models: {
        chat: { targets: ['shaky/large', 'east/large'] },
        fast: { targets: ['west/small'], cache: '1h' },
        careful: { targets: ['east/large', 'west/large'] },
      },
      teams: { shop: { budget: { usd: 0.05, per: 'month' } } },
      budgets: [{ scope: 'gateway:*', usd: 50, per: 'month', hard: false }],
      keys: [{ name: 'web', key: webKey, team: 'shop' }],
      webhooks: {
        endpoints: { ops: { url: 'https://example.com/hook', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } },
      },
    })
    await rig.ask('POST', '/keys', { name: 'nightly', team: 'shop', models: ['fast'] })
    await traffic(rig)
  })
  after(() => rig?.[Symbol.asyncDispose]())

  const take = async (page: Page, name: string): Promise<void> => {
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
    assert.ok(Number(overflow) <= 0, `${name} is wider than the window by ${overflow}`)
    await page.screenshot({ path: `${folder}${name}.png`, fullPage: false })
  }

  for (const [look, options] of Object.entries(looks)) {
    test(`every page fits its window and loads without a complaint, ${look}`, async () => {
      const page = await rig.signedIn(options)
      const call = rig.records.find(({ attempts }) => attempts.length > 1)
      for (const place of [...places, `calls/${call?.id}`]) {
        await rig.show(page, place)
        await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => {})
        const name = place.includes('/') ? 'call' : place
        if (name === 'playground') await play(page)
        if (shown.includes(name)) await take(page, `${name}-${look}`)
      }
      await page.context().close()
      assert.deepEqual(rig.problems, [])
    })
  }

  const play = async (page: Page): Promise<void> => {
    await page.getByLabel('Virtual key').fill(webKey)
    await page.getByLabel('Virtual key').press('Tab')
    await page.getByLabel('Model', { exact: true }).fill('fast')
    await page.getByLabel('Compare with').fill('careful')
    await page.getByLabel('Prompt', { exact: true }).fill('Why is the sky blue?')
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await page.getByText('done').nth(1).waitFor()
    assert.equal(await page.locator('.failure').count(), 0)
  }
})
