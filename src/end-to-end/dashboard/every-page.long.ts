import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { until } from '../faults/harness.ts'
import { type DashboardRig, startDashboardRig, webKey, withoutBrowser } from './rig.ts'

/** Texts that would do something where they are taken for anything but text. */
const corpus = [
  '<img/src=x/onerror=globalThis.hit=1>',
  '"><script>globalThis.hit=1</script>',
  "javascript:globalThis.hit=1//'",
  '<svg/onload=globalThis.hit=1>',
  '{{constructor.constructor("globalThis.hit=1")()}}',
  '</title><iframe srcdoc="<script>parent.hit=1</script>">',
  '\u202eevil\u202c <a href="javascript:globalThis.hit=1">click</a>',
]

const places = [
  'overview',
  'calls',
  'models',
  'spend?by=tag',
  'budgets',
  'keys',
  'scopes',
  'cache',
  'jobs',
  'webhooks',
  'playground',
  'audit',
]

interface Violation {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[]
}

const everything = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']
/** What a theme can change. */
const colours = ['color-contrast']

/** What is seriously wrong with a page for those who do not see it, or not well. */
const violationsOn = async (page: Page, only: readonly string[] = everything): Promise<string[]> => {
  const options = JSON.stringify({ resultTypes: ['violations'], runOnly: only })
  const found = (await page.evaluate(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  )) as Violation[]
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`,
    )
}

describe('every page of the dashboard', { skip: withoutBrowser }, () => {
  let rig: DashboardRig
  let page: Page
  before(async () => {
    rig = await startDashboardRig({
      providers: {
        sim: { kind: 'simulated', models: ['a'], latencyMs: { p50: 0, p99: 0 }, tokensPerSecond: 1_000_000 },
      },
      models: { chat: { targets: ['sim/a'], cache: '1h' }, [corpus[0] ?? '']: ['sim/a'] },
      keys: [{ name: 'web', key: webKey }],
      budgets: [{ scope: 'session:*', usd: 1 }],
      webhooks: {
        endpoints: { ops: { url: 'https://example.com/hook', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' } },
      },
    })
    for (const text of corpus) {
      const tollgate = { session: text, tags: `evil=${text.replaceAll(/[,=]/g, ' ')}`, user: text }
      for (const model of ['chat', text]) {
        const answer = await rig.chat({ model, max_tokens: 5, metadata: { tollgate } })
        assert.notEqual(answer.status, 400, await answer.text())
      }
    }
    await rig.ask('PUT', `/teams/${encodeURIComponent(corpus[3] ?? '')}`, {})
    await rig.ask('PUT', `/allowances/${encodeURIComponent(corpus[1] ?? '')}`, {
      scope: 'tag:evil=<img src=x onerror=globalThis.hit=1>',
      unit: 'usd',
      limit: '5',
      window: { kind: 'calendar', per: 'month' },
    })
    await until(() => rig.records.length === 2 * corpus.length, 'not every call was recorded', 10_000)
    await Promise.all(
      rig.records.map(({ id }, index) =>
        fetch(`${rig.url}/v1/feedback`, {
          method: 'POST',
          headers: { authorization: `Bearer ${webKey}`, 'content-type': 'application/json' },
          body: JSON.stringify({ call: id, score: 1, label: 'l', comment: corpus[index % corpus.length] }),
        }).then((answer) => answer.text()),
      ),
    )
    page = await rig.signedIn({ colorScheme: 'light' })
    await page.evaluate(axe.source)
  })
  after(() => rig?.[Symbol.asyncDispose]())

  const visited = (): string[] => [...places, ...rig.records.slice(0, 4).map(({ id }) => `calls/${id}`)]

  test('shows hostile words as words', async () => {
    for (const place of [...visited(), `budgets/${encodeURIComponent(corpus[1] ?? '')}`]) await rig.show(page, place)
    await rig.show(page, 'calls', 'Calls')
    await page
      .getByText(corpus[0] ?? '')
      .first()
      .waitFor()
    await rig.show(page, encodeURIComponent(corpus[0] ?? ''), 'There is no such page')
    assert.equal(await page.evaluate('globalThis.hit'), undefined)
    assert.deepEqual(rig.problems, [])
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`has nothing seriously wrong for those who see little or nothing, ${colorScheme}`, async () => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const found: string[] = []
      for (const place of visited().slice(0, places.length + 1)) {
        await rig.show(page, place)
        found.push(
          ...(await violationsOn(page, colorScheme === 'light' ? everything : colours)).map(
            (each) => `${place}: ${each}`,
          ),
        )
      }
      assert.deepEqual(found, [])
    })
  }

  test('signing in and a dialog have nothing seriously wrong either', async () => {
    await rig.show(page, 'budgets')
    await page.getByRole('button', { name: 'Set a budget or limit' }).click()
    assert.deepEqual(await violationsOn(page), [])
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Sign out' }).click()
    assert.deepEqual(await violationsOn(page), [])
    assert.deepEqual(rig.problems, [])
  })
})
