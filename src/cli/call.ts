import process from 'node:process'
import { assemble } from '../config/assemble.ts'
import { inputTokens, outputTokens } from '../core/usage.ts'
import { facade, type LibraryGateway } from '../library/create-gateway.ts'
import { loadForCli } from './load.ts'
import { print, printJson, tell } from './output.ts'

export interface CallCommandOptions {
  readonly config?: string
  readonly model: string
  readonly system?: string
  readonly maxTokens?: string
  readonly timeoutMs?: string
  readonly stream?: boolean
  readonly json?: boolean
}

/** Sends one prompt and prints the answer, who gave it, what it took and what it cost. */
export const call = async (prompt: string, options: CallCommandOptions): Promise<void> => {
  const config = await loadForCli(options.config)
  const runtime = assemble({ ...config, telemetry: { ...config.telemetry, log: 'silent' } })
  try {
    await ask(facade(runtime, { key: 'cli' }), prompt, options)
  } finally {
    await runtime.close()
  }
}

const ask = async (gateway: LibraryGateway, prompt: string, options: CallCommandOptions): Promise<void> => {
  const system = options.system === undefined ? [] : [{ role: 'system', content: options.system }]
  const request = {
    model: options.model,
    messages: [...system, { role: 'user', content: prompt }],
    ...(options.maxTokens === undefined ? {} : { max_completion_tokens: Number(options.maxTokens) }),
  }
  const limits = { timeoutMs: options.timeoutMs === undefined ? undefined : Number(options.timeoutMs) }
  if (options.stream) {
    for await (const delta of gateway.stream(request, limits))
      if (delta.kind === 'text') process.stdout.write(delta.text)
    return print('')
  }
  const answer = await gateway.chat(request, limits)
  if (options.json) return printJson(answer)
  print(answer.text)
  const { usage, costUsd } = answer
  const tokens = usage
    ? `${inputTokens(usage)} tokens in, ${outputTokens(usage)} out (${usage.source})`
    : 'tokens unknown'
  const cost = costUsd === undefined ? 'cost unknown' : `$${costUsd}`
  const tries = answer.attempts === 1 ? '1 attempt' : `${answer.attempts} attempts`
  tell(`-- ${answer.target}, ${tokens}, ${cost}, ${answer.durationMs.toFixed(0)} ms, ${tries}`)
}
