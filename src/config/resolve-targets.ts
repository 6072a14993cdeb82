import type { Path } from './complaints.ts'
import type { TargetConfig } from './config.ts'
import { type Names, readTarget } from './names.ts'

/** A target as it may be written. */
export type WrittenTarget = string | { readonly target: string; readonly weight: number }

/** Every target that can be understood, each once; what cannot be is complained of. `at` tells where each stands. */
export const resolveTargets = (
  written: readonly WrittenTarget[],
  at: (index: number) => Path,
  names: Names,
): readonly TargetConfig[] => {
  const targets = new Map<string, TargetConfig>()
  for (const [index, item] of written.entries()) {
    const whole = typeof item !== 'string'
    const path = at(index)
    const target = readTarget(whole ? item.target : item, whole ? [...path, 'target'] : path, names)
    if (whole && item.weight <= 0)
      names.complain([...path, 'weight'], 'expected a number above 0; to use a target never, remove it')
    if (!target) continue
    if (targets.has(target.id)) names.complain(path, `${target.id} is listed twice`)
    else targets.set(target.id, whole ? { ...target, weight: item.weight } : target)
  }
  return [...targets.values()]
}
