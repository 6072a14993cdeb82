import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type DashboardRig, readToken, startDashboardRig, withoutBrowser } from './rig.ts'

describe('signing in to the dashboard', { skip: withoutBrowser }, () => {
  let rig: DashboardRig
  before(async () => {
    rig = await startDashboardRig({
      providers: { sim: { kind: 'simulated', models: ['a'] } },
      models: { chat: 'sim/a' },
    })
  })
  after(() => rig?.[Symbol.asyncDispose]())

  test('a wrong token is told, the right one opens, and it is kept for this tab alone', async () => {
    const page = await rig.open()
    await page.getByLabel('Admin token').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').getByText('This token is not valid.').waitFor()
    await page.getByLabel('Admin token').fill(`${readToken}`)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    assert.deepEqual(await page.context().cookies(), [])
    assert.equal(await page.evaluate('JSON.stringify(localStorage)'), '{}')
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const other = await page.context().newPage()
    await other.goto(`${rig.url}/admin/`)
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.context().close()
  })

  test('whoever may only read is offered nothing that changes anything', async () => {
    const page = await rig.signedIn({ token: readToken })
    for (const [place, action] of [
      ['keys', 'Create key'],
      ['budgets', 'Set a budget or limit'],
      ['cache', 'Take answers away'],
    ] as const) {
      await rig.show(page, place)
      assert.equal(await page.getByRole('button', { name: action }).count(), 0, place)
    }
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.equal(await page.evaluate('sessionStorage.length'), 0)
    await page.context().close()
  })

  test('a token that holds no longer leads back to signing in, and says why', async () => {
    const page = await rig.signedIn()
    await page.route('**/admin/api/keys**', (route) =>
      route.fulfill({ status: 401, json: { error: { code: 'unauthenticated', message: 'No.' } } }),
    )
    await page.goto(`${rig.url}/admin/#/keys`)
    await page.getByText('The token holds no longer.').waitFor()
    await page.context().close()
  })

  test('by keyboard alone: past the navigation, and out of a dialog, which keeps the focus while it is open', async () => {
    const page = await rig.signedIn()
    await rig.show(page, 'keys', 'Keys')
    await page.getByRole('button', { name: 'Skip to the content' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate('document.activeElement.closest("main") !== null'), true)
    const opener = page.getByRole('button', { name: 'Create key' })
    await opener.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    for (let step = 0; step < 14; step++) {
      await page.keyboard.press('Tab')
      assert.equal(await page.evaluate('document.activeElement.closest("nav, main > header")'), null)
    }
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    assert.equal(await page.locator(':focus').textContent(), 'Create key')
    await page.context().close()
    assert.deepEqual(rig.problems, [])
  })
})
