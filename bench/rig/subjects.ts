import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callerHeaders, chatBody } from './bodies.ts'
import { type Child, freePort, nodePath, start, untilAnswered } from './children.ts'
import { jsonUpstream, proxy, startNginx } from './nginx.ts'
import { type Rig, type SubjectName, subjectNames } from './rig.ts'

/** A program that answers. */
export interface Served {
  readonly child: Child
  readonly url: string
}

export interface Subject extends Served {
  readonly name: SubjectName
}

const here = (file: string): string => fileURLToPath(new URL(`../${file}`, import.meta.url))

const commands = { floor: [nodePath, here('floor.ts')], tollgate: [here('gateway')] } as const

export interface Start {
  readonly name: SubjectName
  readonly upstreamUrl: string
  /** What else it finds in its environment. */
  readonly environment?: Readonly<Record<string, string>> | undefined
}

/** Starts a subject in front of an upstream; it does not answer yet. */
export const startSubject = async (rig: Rig, { name, upstreamUrl, environment }: Start): Promise<Subject> => {
  if (name === 'nginx') {
    const http = proxy(Number(new URL(upstreamUrl).port))
    const { child, port } = await startNginx({ folder: rig.folder, core: 'measured', http })
    return { name, child, url: `http://127.0.0.1:${port}` }
  }
  const port = await freePort()
  const child = start(commands[name], {
    core: 'measured',
    logFile: join(rig.folder, `${name}-${port}.log`),
    environment: { PORT: String(port), HOST: '127.0.0.1', UPSTREAM_BASE_URL: `${upstreamUrl}/v1`, ...environment },
  })
  return { name, child, url: `http://127.0.0.1:${port}` }
}

/** Asks a subject one whole question; true when the answer is right. */
export const asksWell = async ({ url }: Served): Promise<boolean> => {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: callerHeaders,
    body: chatBody(false),
  })
  return answer.ok && (await answer.text()).includes('"total_tokens":320')
}

/** All subjects in front of an upstream; they do not answer yet. */
export const startSubjects = (rig: Rig, upstreamUrl: string): Promise<Subject[]> =>
  Promise.all(subjectNames.map((name) => startSubject(rig, { name, upstreamUrl })))

/** The upstream of whole answers, ready. */
export const startJsonUpstream = async (rig: Rig): Promise<Served> => {
  const { child, port } = await startNginx({ folder: rig.folder, core: 'load', http: jsonUpstream })
  const served = { child, url: `http://127.0.0.1:${port}` }
  await untilAnswered(child, () => asksWell(served))
  return served
}

export interface StreamSettings {
  readonly events: number
  readonly tickMs: number
}

/** The upstream of streams, ready. */
export const startStreamUpstream = async (rig: Rig, { events, tickMs }: StreamSettings): Promise<Served> => {
  const port = await freePort()
  const child = start([nodePath, here('upstream.ts')], {
    core: 'load',
    logFile: join(rig.folder, `upstream-${port}.log`),
    environment: { PORT: String(port), EVENTS: String(events), TICK_MS: String(tickMs) },
  })
  const served = { child, url: `http://127.0.0.1:${port}` }
  await untilAnswered(child, async () => (await fetch(`${served.url}/written`)).ok)
  return served
}
