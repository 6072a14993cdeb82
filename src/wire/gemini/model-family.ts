/** How a model is asked to think: by a budget of tokens, by a level, or, where its name tells nothing, by either. */
export interface Family {
  readonly thinking: 'budget' | 'level' | 'either'
  /** The fewest and the most tokens of a budget. */
  readonly budget: readonly [least: number, most: number]
  /** May thinking be switched off? */
  readonly quiet: boolean
  /** Does it refuse calls of tools in the current turn that it did not sign itself? */
  readonly wantsProof: boolean
}

const unknown: Family = { thinking: 'either', budget: [0, 2 ** 31 - 1], quiet: true, wantsProof: false }

/** What a Gemini takes, from its name, as documented in November 2026. */
export const familyOf = (model: string): Family => {
  const generation = /gemini-(\d+)/.exec(model)?.[1]
  if (generation === undefined) return unknown
  const isThird = Number(generation) >= 3
  const isLite = model.includes('lite')
  return {
    budget: model.includes('pro') ? [128, 32_768] : [isLite ? 512 : 0, 24_576],
    thinking: isThird ? 'level' : 'budget',
    quiet: !isThird && !model.includes('pro'),
    wantsProof: isThird,
  }
}
