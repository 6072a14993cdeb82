import type { FinishReason } from '../core/delta.ts'
import type { Chat } from '../core/request.ts'
import { countTokens, splitTokens } from '../core/tokens.ts'
import { callsFor, type SimulatedCall } from './simulated-calls.ts'
import { damaged } from './simulated-damage.ts'
import type { Random } from './simulated-random.ts'
import { valueFor } from './simulated-schema.ts'
import { proseFor, thoughtFor } from './simulated-text.ts'

/** One choice of an answer, in tokens. */
export interface SimulatedChoice {
  readonly thought: readonly string[]
  readonly text: readonly string[]
  readonly calls: readonly SimulatedCall[]
  readonly finish: FinishReason
  readonly stopSequence: string | undefined
  readonly thoughtTokens: number
  /** Of the text, or of the calls with their names. */
  readonly saidTokens: number
}

/** Is thinking asked for? */
const thinks = ({ reasoning }: Chat): boolean =>
  reasoning !== undefined &&
  reasoning.mode !== 'off' &&
  reasoning.effort !== 'none' &&
  (reasoning.mode !== undefined || reasoning.effort !== undefined || reasoning.budget !== undefined)

const said = (chat: Chat, random: Random): string => {
  const { format } = chat
  if (format?.kind === 'schema') return JSON.stringify(valueFor(format.schema, random))
  if (format?.kind === 'json') return JSON.stringify({ answer: proseFor(chat, random) })
  return proseFor(chat, random)
}

const isJson = ({ format }: Chat): boolean => format !== undefined && format.kind !== 'text'

interface Fitted {
  readonly tokens: readonly string[]
  readonly count: number
  readonly whole: boolean
}

/** As much of a text as fits into so many tokens. A beginning may have more tokens by itself than it had in the whole. */
const fit = async (text: string, most: number): Promise<Fitted> => {
  let { tokens, count } = await splitTokens(text)
  const whole = count <= most
  if (!whole) tokens = tokens.slice(0, Math.max(0, most))
  while (count > most && tokens.length > 0) {
    count = await countTokens(tokens.join(''))
    if (count > most) tokens = tokens.slice(0, -1)
  }
  return { tokens, count: tokens.length === 0 ? 0 : count, whole }
}

/** Where the first stop sequence begins, and which it is. */
const stopIn = (text: string, stops: readonly string[]): { at: number; sequence: string } | undefined => {
  let found: { at: number; sequence: string } | undefined
  for (const sequence of stops) {
    const at = sequence === '' ? -1 : text.indexOf(sequence)
    if (at !== -1 && (!found || at < found.at)) found = { at, sequence }
  }
  return found
}

const tokensOfCalls = async (calls: readonly SimulatedCall[]): Promise<number> => {
  let count = 0
  for (const call of calls) count += (await countTokens(call.name)) + (await countTokens(call.arguments))
  return count
}

/** How an answer is to be. */
export interface ReplyLimits {
  /** Tokens, thinking included. */
  readonly most: number
  readonly faultyJsonRate: number
}

/** What is answered to a conversation: calls of tools, a value of the wanted format, or a paragraph. */
export const replyTo = async (
  chat: Chat,
  random: Random,
  { most, faultyJsonRate }: ReplyLimits,
): Promise<SimulatedChoice> => {
  const thought = await fit(
    thinks(chat) ? thoughtFor(chat, random) : '',
    Math.min(most, chat.reasoning?.budget ?? most),
  )
  const left = most - thought.count
  const calls = callsFor(chat, random)
  const shown = { thought: thought.tokens, thoughtTokens: thought.count }
  if (calls.length > 0) return { ...shown, ...(await callsThatFit(calls, left)) }
  const good = said(chat, random)
  const isFaulty = faultyJsonRate > 0 && isJson(chat) && random() < faultyJsonRate
  const text = isFaulty ? damaged(good, random) : good
  const stop = stopIn(text, chat.stop)
  const fitted = await fit(stop ? text.slice(0, stop.at) : text, left)
  const finish = fitted.whole ? (stop ? 'stop_sequence' : 'stop') : 'length'
  return {
    ...shown,
    text: fitted.tokens,
    calls: [],
    finish,
    stopSequence: finish === 'stop_sequence' ? stop?.sequence : undefined,
    saidTokens: fitted.count,
  }
}

/** A call that does not fit is left out whole: half of one would be of no use to anybody. */
const callsThatFit = async (
  calls: readonly SimulatedCall[],
  left: number,
): Promise<Omit<SimulatedChoice, 'thought' | 'thoughtTokens'>> => {
  const kept = [...calls]
  let saidTokens = await tokensOfCalls(kept)
  while (saidTokens > left && kept.length > 0) {
    kept.pop()
    saidTokens = await tokensOfCalls(kept)
  }
  const finish = kept.length === calls.length ? 'tool_calls' : 'length'
  return { text: [], calls: kept, finish, stopSequence: undefined, saidTokens }
}
