import type { Config, ProviderConfig } from '../config/config.ts'

interface Listening {
  readonly url: string
  readonly names: readonly { readonly name: string }[]
  readonly isOpen: boolean
  readonly admin: { readonly url: string; readonly token: string | undefined }
}

/** What a person sees at start: where the gateway is, what it found, and a command that works. */
export const banner = (config: Config, { url, names, isOpen, admin }: Listening): string => {
  const providers = [...config.providers.values()]
  const model = [...config.models.keys()][0] ?? 'sim/small'
  const key = isOpen ? '' : ` \\\n    -H 'authorization: Bearer <one of your keys>'`
  return [
    `Tollgate listens on ${url}${config.file === undefined ? ', without a configuration file' : `, configured by ${config.file}`}.`,
    'Providers:',
    ...providers.map((provider) => providerLine(provider, names)),
    ...(providers.every(({ kind }) => kind === 'simulated') ? [onlySimulated] : []),
    `Models: ${names.length} listed at ${url}/v1/models; provider/model works for any other.`,
    `Store: ${config.store.kind === 'memory' ? 'memory, gone when the server stops' : config.store.path}`,
    `Administrators: ${admin.url} with the ${admin.token === undefined ? 'configured token' : `token ${admin.token} (until the server stops)`}`,
    'Try it:',
    `  curl ${url}/v1/chat/completions${key} \\`,
    `    -H 'content-type: application/json' \\`,
    `    -d '{"model":"${model}","messages":[{"role":"user","content":"Hello"}]}'`,
    `OpenAI clients: base URL ${url}/v1    Anthropic clients: base URL ${url}`,
  ].join('\n')
}

const onlySimulated = '  For real models set a key such as OPENAI_API_KEY or ANTHROPIC_API_KEY, and start again.'

const providerLine = ({ name, kind, foundBy }: ProviderConfig, names: Listening['names']): string => {
  const origin = foundBy === undefined ? 'configured' : foundBy === 'always' ? 'always there' : `found by ${foundBy}`
  const models = names.filter((each) => each.name.startsWith(`${name}/`)).length
  return `  ${name.padEnd(12)} ${origin}${name === kind ? '' : ` (${kind})`}, ${models} models listed`
}
