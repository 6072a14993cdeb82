import type { Config } from '../config/config.ts'

/** What a person sees at start: where the gateway is, what it found, and a command that works. */
export const banner = (config: Config, { url, names }: { url: string; names: readonly { name: string }[] }): string => {
  const providers = [...config.providers.values()].map(
    ({ name, kind, foundBy, models }) =>
      `  ${name.padEnd(12)} ${foundBy === undefined ? 'configured' : `found by ${foundBy}`}${name === kind ? '' : ` (${kind})`}${
        models !== undefined ? `, ${models.length} models` : ''
      }`,
  )
  const model = [...config.models.keys()][0] ?? 'sim/small'
  const key = config.keys.length > 0 ? ` \\\n    -H 'authorization: Bearer <one of your keys>'` : ''
  return [
    `Tollgate listens on ${url}${config.file === undefined ? ', without a configuration file' : `, configured by ${config.file}`}.`,
    'Providers:',
    ...providers,
    `Models: ${names.length} listed at ${url}/v1/models; provider/model works for any other.`,
    'Try it:',
    `  curl ${url}/v1/chat/completions${key} \\`,
    `    -H 'content-type: application/json' \\`,
    `    -d '{"model":"${model}","messages":[{"role":"user","content":"Hello"}]}'`,
    `OpenAI clients: base URL ${url}/v1    Anthropic clients: base URL ${url}`,
  ].join('\n')
}
