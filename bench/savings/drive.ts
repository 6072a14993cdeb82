import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Pool } from 'undici'
import { configOf, type Lever } from './levers.ts'
import { clusterIn, type Provider } from './provider.ts'
import type { Asked, Workload } from './workloads.ts'

/** What came back for one request. */
export interface Seen {
  /** The gateway's own word for it: `hit`, `semantic`, `miss` … */
  readonly cache: string
  readonly isRight: boolean
  readonly ms: number
}

interface Started extends AsyncDisposable {
  readonly url: string
}

const startGateway = async (program: string, config: object): Promise<Started> => {
  const child = fork(program, [], {
    env: { ...process.env, SAVINGS_CONFIG: JSON.stringify(config) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const first = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)])
  if (!first) throw new Error('The gateway did not start.')
  const [{ url }] = first as [{ url: string }]
  return {
    url,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Asks everything of a workload, one after the other, of a new gateway under this lever. */
export const drive = async (
  workload: Workload,
  lever: Lever,
  { provider, program }: { readonly provider: Provider; readonly program: string },
): Promise<readonly Seen[]> => {
  await using gateway = await startGateway(program, configOf(lever, provider.url, 0))
  const pool = new Pool(gateway.url, { connections: 1 })
  try {
    // Asked anew, and kept.
    for (const asked of workload.before) await ask(pool, asked, { 'cache-control': 'no-cache' })
    Object.assign(provider.log, { calls: 0, inputTokens: 0, outputTokens: 0 })
    const seen: Seen[] = []
    const wish: Wish = workload.keeps ? {} : { 'x-tollgate-cache': 'read' }
    for (const asked of workload.stream) seen.push(await ask(pool, asked, wish))
    // Checks of answers that were given go on for a moment.
    await new Promise((resolve) => setTimeout(resolve, 300))
    return seen
  } finally {
    await pool.close()
  }
}

/** Headers that say what is wished of memory. */
type Wish = Readonly<Record<string, string>>

const ask = async (pool: Pool, { text, cluster }: Asked, wish: Wish): Promise<Seen> => {
  const began = performance.now()
  const { statusCode, headers, body } = await pool.request({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-gw-bench', ...wish },
    body: JSON.stringify({ model: 'faq', messages: [{ role: 'user', content: text }] }),
  })
  const said = await body.text()
  const ms = performance.now() - began
  if (statusCode !== 200) throw new Error(`The gateway answered ${statusCode}: ${said.slice(0, 300)}`)
  const { choices }: { choices: { message: { content: string } }[] } = JSON.parse(said)
  const isRight = clusterIn(choices[0]?.message.content ?? '') === cluster
  return { cache: String(headers['x-tollgate-cache'] ?? 'miss'), isRight, ms }
}
