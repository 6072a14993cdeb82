import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { buildDashboard } from '../../../scripts/build-dashboard.ts'
import { parseConfig } from '../../config/load.ts'
import type { ConfigInput } from '../../config/schema.ts'
import type { CallRecord } from '../../core/record.ts'
import { type Running, startServer } from '../../server/start.ts'

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a browser is; undefined: there is none on this machine. */
const executablePath = places.find((place) => place !== undefined && existsSync(place))

/** Why tests with a browser cannot run here; false: they can. */
export const withoutBrowser: string | false =
  executablePath === undefined ? 'No Chromium was found; install one, or name it with CHROMIUM.' : false

export const adminToken = 'admin-token-of-the-dashboard'
export const readToken = 'read-token-of-the-dashboard'
export const webKey = 'key-of-the-dashboard-test'

/** A server with its dashboard, and a browser to look at it. */
export interface DashboardRig extends AsyncDisposable {
  readonly url: string
  readonly records: readonly CallRecord[]
  /** A page of a browser of its own that knows nothing yet. What goes wrong on it is kept in `problems`. */
  open(options?: BrowserContextOptions): Promise<Page>
  /** A page on which an administrator is signed in. */
  signedIn(options?: BrowserContextOptions & { readonly token?: string | undefined }): Promise<Page>
  /** Goes to a page of the dashboard and waits until it is shown. */
  show(page: Page, place: string, heading?: string): Promise<void>
  /** What browsers complained of: errors of scripts, refusals by the policy, and requests to elsewhere. */
  readonly problems: readonly string[]
  ask(method: string, path: string, body?: unknown): Promise<Response>
  chat(body: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Response>
}

const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })

/** What a page may say without anything being wrong: the browser tells of each answer that is none, as of a wrong token. */
const isExpected = (text: string): boolean => text.startsWith('Failed to load resource: the server responded with')

const watch = (page: Page, url: string, problems: string[]): void => {
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isExpected(message.text())) problems.push(message.text())
  })
  page.on('request', (request) => {
    const asked = request.url()
    if (!asked.startsWith(url) && !/^(data|blob):/.test(asked)) problems.push(`asked elsewhere: ${asked}`)
  })
}

const serverFor = async (input: ConfigInput, records: CallRecord[]): Promise<Running> => {
  const config = await parseConfig(
    {
      discover: false,
      store: 'memory',
      telemetry: { log: 'silent' },
      ...input,
      server: { host: '127.0.0.1', port: 0, admin: { token: adminToken, readToken } },
    },
    {},
  )
  return startServer(config, { sinks: [(record) => void records.push(record)] })
}

/** Builds the dashboard where it has to be, and starts a server and a browser. */
export const startDashboardRig = async (input: ConfigInput): Promise<DashboardRig> => {
  await buildDashboard({ onlyWhenStale: true })
  const records: CallRecord[] = []
  const problems: string[] = []
  const server = await serverFor(input, records)
  const browser = await launch()
  const { url } = server
  const rig: DashboardRig = {
    url,
    records,
    problems,
    open: async (options = {}) => {
      const context = await browser.newContext(options)
      const page = await context.newPage()
      page.setDefaultTimeout(10_000)
      watch(page, url, problems)
      await page.goto(`${url}/admin/`)
      return page
    },
    signedIn: async ({ token = adminToken, ...options } = {}) => {
      const page = await rig.open(options)
      await page.getByLabel('Admin token').fill(token)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page
        .getByRole('navigation')
        .or(page.getByRole('button', { name: 'Menu' }))
        .first()
        .waitFor()
      return page
    },
    show: async (page, place, heading) => {
      await page.goto(`${url}/admin/#/${place}`)
      await page.getByRole('heading', { level: 1, name: heading }).waitFor()
      await page.locator('.loading').first().waitFor({ state: 'detached' })
    },
    ask: (method, path, body) =>
      fetch(`${url}/admin/api${path}`, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      }),
    chat: (body, headers = {}) =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${webKey}`, ...headers },
        body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }], ...body }),
      }),
    async [Symbol.asyncDispose]() {
      await browser.close()
      await server.stop(AbortSignal.abort())
    },
  }
  return rig
}
