/** Joins what means the same: texts that are linked, directly or by others, are one cluster. */
export const clustersOf = (
  links: Iterable<readonly [one: string, other: string]>,
  alone: Iterable<string> = [],
): string[][] => {
  const parents = new Map<string, string>()
  const rootOf = (text: string): string => {
    let root = text
    for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
      root = parent
    parents.set(text, root)
    if (!parents.has(root)) parents.set(root, root)
    return root
  }
  for (const text of alone) rootOf(text)
  for (const [one, other] of links) parents.set(rootOf(one), rootOf(other))
  const clusters = new Map<string, string[]>()
  for (const text of parents.keys()) {
    const root = rootOf(text)
    const known = clusters.get(root)
    if (known) known.push(text)
    else clusters.set(root, [text])
  }
  return [...clusters.values()]
}
