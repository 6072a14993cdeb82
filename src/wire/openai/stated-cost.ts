import { isObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { nanosFromUsd } from '../../core/money.ts'

const isAmount = (value: JsonValue | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

const nanosOf = (usd: JsonValue | undefined): number | undefined => {
  if (!isAmount(usd)) return undefined
  const nanos = Number(nanosFromUsd(usd))
  return Number.isSafeInteger(nanos) ? nanos : undefined
}

/** xAI tells ten-billionths of a USD, ten to a nano-dollar. */
const ticksPerNano = 10

/** OpenRouter charges a fee alone where the caller brought a key of the provider behind it; that one charges the rest. */
const routedCost = (given: JsonObject): number | undefined => {
  const fee = nanosOf(given.cost)
  if (given.is_byok !== true || fee === undefined) return fee
  const behind = nanosOf(isObject(given.cost_details) ? given.cost_details.upstream_inference_cost : undefined)
  return behind === undefined ? undefined : fee + behind
}

/** What a usage object says was charged, in whole nano-dollars, rounded up; undefined when it does not say. */
export const readStatedCost = (given: JsonObject): number | undefined => {
  const ticks = given.cost_in_usd_ticks
  if (ticks === undefined || ticks === null) return routedCost(given)
  return isAmount(ticks) && Number.isSafeInteger(ticks) ? Math.ceil(ticks / ticksPerNano) : undefined
}
