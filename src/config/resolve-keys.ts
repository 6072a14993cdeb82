import type * as z from 'zod'
import type { DeclaredKey } from '../control/declaration.ts'
import { isSendable } from './addresses.ts'
import { pathText } from './complaints.ts'
import type { Entry } from './entries.ts'
import { modelProblem, type Names } from './names.ts'
import type { keySchema } from './schema.ts'
import { callersWithoutKey } from './scope-names.ts'

const shortest = 8
const longest = 512

/** Every virtual key that can be understood; what cannot is complained of, never with the secret itself. */
export const resolveKeys = (entries: readonly Entry<z.output<typeof keySchema>>[], names: Names): DeclaredKey[] => {
  const byName = new Map<string, Entry<unknown>>()
  const bySecret = new Map<string, Entry<unknown>>()
  for (const entry of entries) {
    const { value, path } = entry
    const sameName = byName.get(value.name)
    const sameSecret = bySecret.get(value.key)
    if (sameName) names.complain([...path, 'name'], `is the name of ${pathText(sameName.path)} already`)
    if (sameSecret) names.complain([...path, 'key'], `is the same key as ${pathText(sameSecret.path)}`)
    byName.set(value.name, sameName ?? entry)
    bySecret.set(value.key, sameSecret ?? entry)
    checkKey(entry, names)
  }
  return entries.map(({ value }) => ({
    name: value.name,
    key: value.key,
    org: value.org,
    team: value.team,
    user: value.user,
    models: value.models,
    doors: value.doors,
    priority: value.priority,
    weight: value.weight,
    cache: value.cache,
    expiresAt: value.expires,
  }))
}

const checkKey = ({ value, path }: Entry<z.output<typeof keySchema>>, names: Names): void => {
  if (callersWithoutKey.includes(value.name)) names.complain([...path, 'name'], `${value.name} is a reserved name`)
  if (value.key.length < shortest) names.complain([...path, 'key'], `must have at least ${shortest} characters`)
  else if (value.key.length > longest) names.complain([...path, 'key'], `must have at most ${longest} characters`)
  else if (!isSendable(value.key)) names.complain([...path, 'key'], 'must be printable ASCII without spaces')
  for (const [index, model] of value.models?.entries() ?? []) {
    const problem = modelProblem(model, names)
    if (problem !== undefined) names.complain([...path, 'models', index], problem)
  }
}
