import type { WeighedKey } from '../providers/several-keys.ts'
import { isSendable } from './addresses.ts'
import type { Path } from './complaints.ts'
import type { Complain } from './issues.ts'

interface Written {
  readonly apiKey?: string | undefined
  readonly apiKeys: readonly WeighedKey[]
}

/** Several keys of one provider; a single one is what `apiKey` would have been. */
export const apiKeysOf = (
  { apiKey, apiKeys }: Written,
  path: Path,
  complain: Complain,
): { readonly apiKey: string | undefined; readonly apiKeys: readonly WeighedKey[] } => {
  const at: Path = [...path, 'apiKeys']
  if (apiKey !== undefined) complain(at, 'stands beside `apiKey`; write all keys here', 'key')
  if (apiKeys.length === 0) complain(at, 'expected at least one key')
  const seen = new Set<string>()
  apiKeys.forEach(({ key }, index) => {
    if (!isSendable(key)) complain([...at, index, 'key'], 'must be printable ASCII without spaces')
    else if (seen.has(key)) complain([...at, index, 'key'], 'stands here a second time; give the first more weight')
    seen.add(key)
  })
  return apiKeys.length > 1 ? { apiKey: undefined, apiKeys } : { apiKey: apiKeys[0]?.key, apiKeys: [] }
}
