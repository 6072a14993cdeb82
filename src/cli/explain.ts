import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import process from 'node:process'
import { text as readText } from 'node:stream/consumers'
import { assemble } from '../config/assemble.ts'
import type { Config } from '../config/config.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { callerFor, type Described, describedQuestion } from '../server/explain-question.ts'
import { type ExplainedView, viewOfExplained } from '../server/explain-view.ts'
import { explainedText } from './explain-text.ts'
import { Failure, Misuse } from './failure.ts'
import { loadForCli } from './load.ts'
import type { StoreOptions } from './open-control.ts'
import { print, printJson, tell } from './output.ts'

export interface ExplainOptions extends StoreOptions {
  readonly model?: string
  readonly prompt?: string
  readonly key?: string
  readonly endpoint: string
  readonly url?: string
  readonly token?: string
}

/** Tells what would become of a request, and sends nothing: its body comes from a file, from standard input, or from options. */
export const explain = async (file: string | undefined, options: ExplainOptions): Promise<void> => {
  const { endpoint, key, url, json } = options
  const described: Described = { endpoint, body: await bodyOf(file, options), headers: {} }
  const view = url === undefined ? await here(described, key, options) : await there(described, { ...options, url })
  if (json) return printJson(view)
  print(explainedText(view))
  for (const note of view.notes) tell(`-- ${note}`)
  if (url === undefined)
    tell('-- As a server would begin; how targets fare and who waits for them, only one that runs knows (--url).')
}

const bodyOf = async (file: string | undefined, { model, prompt }: ExplainOptions): Promise<JsonValue> => {
  if (prompt !== undefined) {
    if (file !== undefined) throw new Misuse('A file and --prompt do not go together.')
    return { model: model ?? 'sim/small', messages: [{ role: 'user', content: prompt }] }
  }
  if (file === undefined)
    throw new Misuse('Name a file with the body of the request, - for standard input, or --prompt.')
  const written = file === '-' ? await readText(process.stdin) : await readBody(file)
  const body = parse(written, file)
  return model === undefined ? body : { ...body, model }
}

const readBody = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new Failure(`${file} cannot be read.`)
  }
}

const parse = (written: string, file: string): JsonObject => {
  const where = file === '-' ? 'Standard input' : file
  try {
    const body: JsonValue = JSON.parse(written)
    if (isObject(body)) return body
  } catch {
    throw new Failure(`${where} is not JSON.`)
  }
  throw new Failure(`${where} must be a JSON object, as it would be sent to a door.`)
}

/** In this process, from the configuration and the store that a server would have. */
const here = async (described: Described, key: string | undefined, options: StoreOptions): Promise<ExplainedView> => {
  const config = await loadForCli(options.config, { listens: true, store: options.store })
  const runtime = await assemble({ ...untouched(config), telemetry: { ...config.telemetry, log: 'silent' } })
  try {
    const { explaining } = runtime
    return viewOfExplained(await explaining.explain(describedQuestion(described, callerFor(explaining, key))))
  } finally {
    await runtime.close()
  }
}

/** Files that are not there are not made. */
const untouched = (config: Config): Config => {
  const { store, cache } = config
  const isThere = store.kind !== 'sqlite' || existsSync(store.path)
  const keeps = cache.disk !== undefined && existsSync(cache.disk.path)
  return {
    ...config,
    store: isThere ? store : { kind: 'memory' },
    cache: keeps ? cache : { ...cache, disk: undefined },
  }
}

/** By a server that runs. */
const there = async (
  described: Described,
  { url, key, token = process.env.TOLLGATE_ADMIN_TOKEN }: ExplainOptions & { readonly url: string },
): Promise<ExplainedView> => {
  if (!token) throw new Misuse('A server tells it to administrators only: give --token or TOLLGATE_ADMIN_TOKEN.')
  const answer = await fetch(addressOf(url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...described, key }),
  }).catch(() => {
    throw new Failure(`No server answers at ${url}.`)
  })
  const told = (await answer.json().catch(() => undefined)) as (ExplainedView & Refused) | undefined
  if (answer.ok && told) return told
  throw new Failure(told?.error?.message ?? `${url} answered ${answer.status}.`)
}

interface Refused {
  readonly error?: { readonly message?: string }
}

const addressOf = (url: string): URL => {
  if (!URL.canParse(url)) throw new Misuse(`--url: ${url} is no address such as http://127.0.0.1:4000.`)
  return new URL('/admin/api/explain', url)
}
