import type { Target } from '../core/target.ts'

/** Mixes 32 bits so that each bit of the result depends on every bit that went in. */
const mixed = (value: number): number => {
  let bits = value ^ (value >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits ^= bits >>> 13
  bits = Math.imul(bits, 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** A text as 32 bits: the same in every process, and no secret from anybody. */
export const hashOf = (text: string): number => {
  let bits = 0x811c9dc5
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193)
  return mixed(bits)
}

/** Of targets by their names, which never change. */
const known = new WeakMap<Target, number>()

const ownHash = (target: Target): number => {
  const found = known.get(target)
  if (found !== undefined) return found
  const hash = hashOf(target.id)
  known.set(target, hash)
  return hash
}

/**
 * A number from a key and a place, both hashed, lower for the place the key belongs to. Distributed exponentially with the
 * weight as rate, so that of all keys each place is the lowest for its share; what one has does not depend on the others.
 */
export const distanceTo = (place: number, weight: number, key: number): number => {
  const high = mixed(key ^ place)
  const low = mixed(high ^ Math.imul(key, 0x9e3779b1))
  const uniform = (high * 0x200000 + (low >>> 11) + 0.5) / 2 ** 53
  return -Math.log(uniform) / weight
}

/** Targets in the order in which they belong to a key: the first is its own, the next is who stands in for it. */
export const rendezvous = (key: number, targets: readonly Target[]): readonly Target[] =>
  targets
    .map((target) => ({ target, at: distanceTo(ownHash(target), target.weight, key) }))
    .sort((one, other) => one.at - other.at)
    .map(({ target }) => target)
