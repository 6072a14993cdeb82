import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hashOf, seeded } from './random.ts'

/** What the provider was asked, by its own log: the only source of what was paid. */
export interface Log {
  calls: number
  inputTokens: number
  outputTokens: number
}

/** A simulated provider on loopback. */
export interface Provider extends AsyncDisposable {
  readonly url: string
  readonly log: Log
  /** The whole answer to a question, whoever asks; by it a wrong one is told. */
  answer(text: string): string
}

const charactersPerToken = 4
/** Scaled down from about 0.8 s, with the long tail that models have. */
const medianMs = 0.8
const spread = 0.5

/** Words of no language, so that two answers share words only where they were meant to. */
const letters = 'abcdefghijklmnopqrstuvwxyz'
const wordOf = (random: () => number): string =>
  Array.from({ length: 4 + Math.floor(random() * 6) }, () => letters[Math.floor(random() * letters.length)]).join('')

const answerWords = 60
/** A model words its answer anew each time: so many of its words are others. */
const variedShare = 0.15

/** The same facts for every question of a cluster, worded a little otherwise for each; its last word names the cluster. */
const compose = (text: string, cluster: number): string => {
  const facts = seeded(cluster * 7919 + 1)
  const wording = seeded(hashOf(text))
  const words = Array.from({ length: answerWords }, () => {
    const fact = wordOf(facts)
    return wording() < variedShare ? wordOf(wording) : fact
  })
  return `${words.join(' ')} case-${cluster}`
}

/** The cluster that an answer belongs to. */
export const clusterIn = (answer: string): number => Number(/case-(\d+)$/.exec(answer)?.[1] ?? -1)

export const startProvider = async (clusters: ReadonlyMap<string, number>): Promise<Provider> => {
  const log: Log = { calls: 0, inputTokens: 0, outputTokens: 0 }
  const answer = (text: string): string => compose(text, clusters.get(text) ?? 999_999)
  const reply = (body: string, response: ServerResponse): void => {
    const { messages, model }: { messages: { content: string }[]; model: string } = JSON.parse(body)
    const text = messages.at(-1)?.content ?? ''
    const content = answer(text)
    const usage = tokensOf(text, content)
    log.calls++
    log.inputTokens += usage.input
    log.outputTokens += usage.output
    setTimeout(() => response.end(completion(model, content, usage)), latencyOf(text))
  }
  const server = createServer((request: IncomingMessage, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part
    })
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      reply(body, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    log,
    answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface Tokens {
  readonly input: number
  readonly output: number
}

/** About so many tokens a question and its answer have. */
export const tokensOf = (question: string, answer: string): Tokens => ({
  input: 8 + Math.ceil(question.length / charactersPerToken),
  output: Math.ceil(answer.length / charactersPerToken),
})

const latencyOf = (text: string): number => {
  const random = seeded(hashOf(text) ^ 0x5bd1e995)
  const normal = Math.sqrt(-2 * Math.log(random() || 1e-9)) * Math.cos(2 * Math.PI * random())
  return medianMs * Math.exp(spread * normal)
}

const completion = (model: string, content: string, { input, output }: Tokens): string =>
  JSON.stringify({
    id: 'chatcmpl-simulated',
    object: 'chat.completion',
    created: 1_795_000_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  })
