import { request } from 'undici'
import { isObject } from '../core/json.ts'
import { bareHost, isLoopback } from './addresses.ts'
import type { Environment } from './expand.ts'
import { kinds } from './kinds.ts'
import { usualAddress } from './resolve-address.ts'

/** A provider that nobody configured but that is there. */
export interface DiscoveredProvider {
  readonly name: string
  readonly kind: string
  readonly apiKey?: string | undefined
  readonly baseUrl?: string | undefined
  /** Undefined: those its kind is known for. */
  readonly models?: readonly string[] | undefined
  /** What it was found by: an environment variable, an address, or that it is always there. */
  readonly foundBy: string
}

/** Asks an Ollama at an origin for the names of its models; undefined when none answers there. */
export type Probe = (origin: string) => Promise<readonly string[] | undefined>

/**
 * The providers that are there without configuration: those whose usual key is in the environment, Ollama when it
 * listens on this machine, and the simulated one, `sim`. Each has the name of its kind, so that `openai/gpt-5-mini`
 * works at once. Never throws.
 */
export const discoverProviders = async (
  environment: Environment,
  probe: Probe = probeOllama,
): Promise<DiscoveredProvider[]> => {
  const found: DiscoveredProvider[] = []
  const used = new Set<string>()
  for (const kind of kinds.values()) {
    // A key alone does not tell whether somebody runs one here.
    if (!kind.needsKey) continue
    const variable = kind.environmentKeys.find((name) => environment[name])
    const baseUrl = usualAddress(kind, environment)
    if (variable === undefined || used.has(variable) || (kind.blanks.length > 0 && baseUrl === undefined)) continue
    used.add(variable)
    found.push({ name: kind.name, kind: kind.name, apiKey: environment[variable], baseUrl, foundBy: variable })
  }
  const origin = ollamaOrigin(environment.OLLAMA_HOST)
  const models = await probe(origin)
  if (models) found.push({ name: 'ollama', kind: 'ollama', baseUrl: `${origin}/v1`, models, foundBy: origin })
  found.push({ name: 'sim', kind: 'simulated', foundBy: 'always' })
  return found
}

const usualOrigin = 'http://127.0.0.1:11434'

/** Where Ollama would be. A variable that points to another machine is not followed: nobody asked us to call it. */
const ollamaOrigin = (variable: string | undefined): string => {
  const text = variable?.trim() || usualOrigin
  const address = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(address)) return usualOrigin
  const { protocol, hostname, port } = new URL(address)
  const host = bareHost(hostname)
  // Ollama itself reads the same variable as the address to listen on; "every address" includes this machine.
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  if (protocol !== 'http:' || !isLoopback(local)) return usualOrigin
  return `http://${local === '::1' ? '[::1]' : local}:${port || '11434'}`
}

const timeoutMs = 300
const largestBytes = 1024 * 1024
const mostModels = 1000

const probeOllama: Probe = async (origin) => {
  try {
    const answer = await request(`${origin}/api/tags`, { signal: AbortSignal.timeout(timeoutMs) })
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength
      if (bytes > largestBytes) return undefined
      chunks.push(chunk)
    }
    return answer.statusCode === 200 ? modelNames(JSON.parse(Buffer.concat(chunks).toString())) : undefined
  } catch {
    // Nothing listens there, it is slow, or it is something else: in each case there is no Ollama to use.
    return undefined
  }
}

const modelNames = (tags: unknown): string[] | undefined => {
  if (!isObject(tags) || !Array.isArray(tags.models)) return undefined
  const names = tags.models.map((model: unknown) => (isObject(model) ? model.name : undefined))
  return names.filter((name) => typeof name === 'string' && name.length <= 200).slice(0, mostModels) as string[]
}
