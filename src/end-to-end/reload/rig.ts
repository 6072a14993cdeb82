import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { type Running, startServer } from '../../server/start.ts'
import { createMemoryStore } from '../../stores/memory/index.ts'

/** A server whose configuration is a file that is written anew while it runs. */
export interface ReloadRig extends AsyncDisposable {
  readonly running: Running
  readonly file: string
  /** Writes the configuration as an editor does, without telling anybody. */
  write(text: string): Promise<void>
  /** Asks in one word; gives the status and the body. */
  ask(model: string, key?: string, body?: object): Promise<{ readonly status: number; readonly text: string }>
  /** Asks at the administrators' door. */
  admin(method: string, path: string): Promise<{ readonly status: number; readonly text: string }>
  metrics(): Promise<string>
}

export const adminToken = 'token-for-administrators'

/** Starts it on a free port of 127.0.0.1; `watches`: does it notice changes by itself? */
export const startReloadRig = async (text: string, watches = false): Promise<ReloadRig> => {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-reload-'))
  const file = join(folder, 'tollgate.yaml')
  const write = async (content: string): Promise<void> => {
    await writeFile(`${file}.new`, content)
    await rename(`${file}.new`, file)
  }
  await write(text)
  const environment = { PORT: '0', OLLAMA_HOST: '127.0.0.1:1', TOLLGATE_STORE: 'memory:' }
  const load = async () => (await loadConfig({ file, environment })).config
  const running = await startServer(await load(), { load, watches, store: createMemoryStore() })
  const answered = async (response: Response) => ({ status: response.status, text: await response.text() })
  return {
    running,
    file,
    write,
    ask: async (model, key = 'a-key-of-the-web', body = {}) =>
      answered(
        await fetch(`${running.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model, max_tokens: 8, messages: [{ role: 'user', content: 'Hello' }], ...body }),
        }),
      ),
    admin: async (method, path) =>
      answered(
        await fetch(`${running.url}/admin/api/${path}`, {
          method,
          headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        }),
      ),
    metrics: async () => (await fetch(`${running.url}/metrics`)).text(),
    async [Symbol.asyncDispose]() {
      await running.stop(AbortSignal.abort())
      await rm(folder, { recursive: true })
    },
  }
}

/** Asks again and again until the answer is what is waited for, for at most five seconds. */
export const until = async (holds: () => Promise<boolean>, what: string): Promise<void> => {
  const deadline = performance.now() + 5_000
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited in vain: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
