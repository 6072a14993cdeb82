import process from 'node:process'
import { assemble } from '../config/assemble.ts'
import type { Config } from '../config/config.ts'
import { kinds } from '../config/kinds.ts'
import { splitTarget, unknownProvider } from '../config/names.ts'
import { hint } from '../config/suggest.ts'
import { GatewayError } from '../core/errors.ts'
import { inputTokens, outputTokens } from '../core/usage.ts'
import type { ChatRequest } from '../library/chat-request.ts'
import type { ChatAnswer } from '../library/collect.ts'
import { type CallOptions, facade, type LibraryGateway } from '../library/create-gateway.ts'
import { loadForCli } from './load.ts'
import { print, printJson, printJsonLine, tell } from './output.ts'

export interface CallCommandOptions {
  readonly config?: string
  readonly model: string
  readonly system?: string
  readonly maxTokens?: number
  readonly timeoutMs?: number
  readonly stream?: boolean
  readonly json?: boolean
}

/** Sends one prompt and prints the answer, who gave it, what it took and what it cost. */
export const call = async (prompt: string, options: CallCommandOptions): Promise<void> => {
  const config = await loadForCli(options.config, { listens: false })
  const runtime = await assemble({ ...config, telemetry: { ...config.telemetry, log: 'silent' } })
  const gateway = facade(runtime, 'cli')
  try {
    await ask(gateway, prompt, options)
  } catch (error) {
    throw isUnknown(error, options.model) ? unknownModel(config, gateway, options.model) : error
  } finally {
    await gateway.close()
  }
}

const ask = async (gateway: LibraryGateway, prompt: string, options: CallCommandOptions): Promise<void> => {
  const { model, maxTokens, timeoutMs, json } = options
  const system = options.system === undefined ? [] : [{ role: 'system', content: options.system }]
  const request = {
    model,
    messages: [...system, { role: 'user', content: prompt }],
    ...(maxTokens === undefined ? {} : { max_completion_tokens: maxTokens }),
  }
  if (options.stream) return follow(gateway, request, { timeoutMs, json })
  const answer = await gateway.chat(request, { timeoutMs })
  if (json) return printJson(answer)
  print(answer.refusal ?? answer.text)
  tell(summaryOf(answer))
}

/** Prints an answer as it comes: its text, or each piece as a line of JSON, the whole answer last. */
const follow = async (
  gateway: LibraryGateway,
  request: ChatRequest,
  { json, ...limits }: CallOptions & { readonly json: boolean | undefined },
): Promise<void> => {
  const stream = gateway.stream(request, limits)
  let begun = false
  try {
    for await (const delta of stream) {
      if (json) printJsonLine(delta)
      else if (delta.kind === 'text') {
        process.stdout.write(delta.text)
        begun = true
      }
    }
  } finally {
    // What is told of a stream that broke stands on a line of its own.
    if (begun) print('')
  }
  if (!stream.answer) return
  if (json) printJsonLine({ kind: 'answer', ...stream.answer })
  else tell(summaryOf(stream.answer))
}

const summaryOf = ({ usage, costUsd, target, durationMs, attempts }: ChatAnswer): string => {
  const tokens = usage
    ? `${inputTokens(usage)} tokens in, ${outputTokens(usage)} out (${usage.source})`
    : 'tokens unknown'
  const cost = costUsd === undefined ? 'cost unknown' : `$${costUsd}`
  const tries = attempts === 1 ? '1 attempt' : `${attempts} attempts`
  return `-- ${target}, ${tokens}, ${cost}, ${durationMs.toFixed(0)} ms, ${tries}`
}

/** Is it the name that is not known here? What a provider does not know it says itself. */
const isUnknown = (error: unknown, model: string): boolean =>
  error instanceof GatewayError && error.code === 'unknown_model' && error.details.param === 'model' && model !== ''

/** What was probably meant, or what is missing. */
const unknownModel = (config: Config, gateway: LibraryGateway, model: string): GatewayError => {
  const names = gateway.models().map(({ name }) => name)
  const provider = splitTarget(model)?.provider
  const missing = provider !== undefined && !config.providers.has(provider) && kinds.has(provider)
  const reason = missing ? `; ${unknownProvider(provider, new Set(config.providers.keys()))}` : hint(model, names)
  const problem = `No model is called ${JSON.stringify(model)}${reason}`
  const more = '"tollgate models" lists all; provider/model works for any other of a provider.'
  return new GatewayError('unknown_model', `${problem}${problem.endsWith('?') ? '' : '.'} ${more}`)
}
