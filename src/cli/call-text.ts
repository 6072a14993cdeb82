import type { JsonObject, JsonValue } from '../core/json.ts'
import { printable } from './table.ts'

/** A length of time in few letters. */
export const shortMs = (value: JsonValue | undefined): string => {
  const ms = typeof value === 'number' ? value : Number.NaN
  if (Number.isNaN(ms)) return '–'
  if (ms < 10) return `${ms.toFixed(1)}ms`
  if (ms < 1_000) return `${Math.round(ms)}ms`
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)}s` : `${Math.round(ms / 1_000)}s`
}

/** An amount in few letters; exact where it is small. */
export const shortUsd = (value: JsonValue | undefined): string => {
  if (typeof value !== 'string') return '?'
  const usd = Number(value)
  return usd === 0 ? '$0' : usd < 1 ? `$${Number(usd.toPrecision(3))}` : `$${usd.toFixed(2)}`
}

const textOf = (value: JsonValue | undefined): string =>
  value === null || value === undefined ? '' : printable(String(value))

/** A call on one line: when, how it ended, who asked what of whom, how long it took, what it used and cost. */
export const callLine = (call: JsonObject): string => {
  const at = typeof call.startedAt === 'number' ? new Date(call.startedAt).toISOString().slice(11, 23) : ''
  const outcome = call.outcome === 'ok' ? 'ok' : textOf(call.error ?? call.outcome)
  const attempts = Number(call.attempts)
  const parts = [
    at,
    outcome.padEnd(9),
    shortMs(call.durationMs).padStart(7),
    call.firstTokenMs === null ? '' : `first ${shortMs(call.firstTokenMs)}`,
    `${textOf(call.key)} ${textOf(call.model)}${call.target ? ` → ${textOf(call.target)}` : ''}`,
    attempts > 1 ? `${attempts} attempts` : '',
    call.inputTokens === null ? '' : `${textOf(call.inputTokens)}+${textOf(call.outputTokens)} tokens`,
    call.costUsd === null ? 'cost unknown' : shortUsd(call.costUsd),
    call.cache === null || call.cache === 'miss' ? '' : `cache ${textOf(call.cache)}`,
    call.output === null ? '' : `output ${textOf(call.output)}`,
    call.purpose === null ? '' : `for ${textOf(call.purpose)}`,
    textOf(call.id),
  ]
  return parts.filter((part) => part !== '').join('  ')
}
