import { cloudRows } from './compatible-rows-clouds.ts'
import { hostRows } from './compatible-rows-hosts.ts'
import { localRows } from './compatible-rows-local.ts'
import { makerRows } from './compatible-rows-makers.ts'
import type { ProviderRow } from './row.ts'

/**
 * The providers that speak OpenAI's chat language, one row each. Where a provider documents several spellings of the
 * same thing, the row has the one that its older versions understand too. A field stands in `refuses` where sending it
 * is an error, means something else there, or is passed over; nothing that a caller asks for is dropped in silence.
 */
export const compatibleRows: readonly ProviderRow[] = [...makerRows, ...hostRows, ...cloudRows, ...localRows]
