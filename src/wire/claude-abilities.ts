import type { Target } from '../core/target.ts'

/** What a model of this language takes. Anthropic changed its API with the models, and the older ones are still served. */
export interface Abilities {
  /** How thinking is asked for: by a budget of tokens, left to the model, or either. */
  readonly thinking: 'budget' | 'adaptive' | 'both'
  /** May thinking be switched off? */
  readonly quiet: boolean
  readonly effort: boolean
  /** Does it know the effort `xhigh`? */
  readonly xhigh: boolean
  /** Does it take `temperature`, `top_p` and `top_k`? */
  readonly sampling: boolean
  /** May a tool be forced? */
  readonly forcedTools: boolean
  /** May a system message stand in the middle of a conversation? */
  readonly midSystem: boolean
  /** May the conversation end with the beginning of the answer? */
  readonly prefill: boolean
}

/** Models of other makers behind this language: nothing is ruled out beforehand, save what only Claude has. */
const unknown: Abilities = {
  thinking: 'both',
  quiet: true,
  effort: true,
  xhigh: true,
  sampling: true,
  forcedTools: true,
  midSystem: false,
  prefill: true,
}

const trailingVersion = /claude-([a-z]+)(?:-(\d{1,2})(?!\d)(?:[-.](\d{1,2})(?!\d))?)?/
const leadingVersion = /claude-(?:v|instant-)?(\d)(?:[-.](\d{1,2})(?!\d))?(?:-([a-z]+))?/

/** `claude-sonnet-4-5-20250929` and `anthropic.claude-3-7-sonnet-v1:0` to family and 405, 307; no number is the newest. */
const generationOf = (model: string): { family: string; version: number } | undefined => {
  const old = leadingVersion.exec(model)
  if (old) return { family: old[3] ?? '', version: Number(old[1]) * 100 + Number(old[2] ?? 0) }
  const recent = trailingVersion.exec(model)
  if (!recent) return undefined
  const version = recent[2] === undefined ? Number.POSITIVE_INFINITY : Number(recent[2]) * 100 + Number(recent[3] ?? 0)
  return { family: recent[1] ?? '', version }
}

const alwaysThinks: ReadonlySet<string> = new Set(['fable', 'mythos'])

const thinkingOf = (version: number): Abilities['thinking'] =>
  version < 406 ? 'budget' : version === 406 ? 'both' : 'adaptive'

/** What a Claude takes, from its name, as documented in November 2026. */
const claude = (family: string, version: number): Abilities => {
  const restless = alwaysThinks.has(family) || (family !== 'haiku' && version >= 505)
  return {
    thinking: thinkingOf(version),
    quiet: !restless,
    effort: version >= 406 || (family === 'opus' && version === 405),
    xhigh: version >= 407,
    sampling: version < 407,
    forcedTools: !(alwaysThinks.has(family) ? version >= 501 : restless),
    midSystem: version >= 408,
    prefill: version < 406,
  }
}

const thinkingByQuirk = { thinking: 'budget', effort: 'adaptive' } as const

/** What a target takes: what its name tells, and what its quirks know better. */
export const abilitiesOf = ({ model, quirks }: Target): Abilities => {
  const generation = generationOf(model)
  const named = generation ? claude(generation.family, generation.version) : unknown
  const { reasoningRequest, systemAnywhere } = quirks
  const thinking =
    reasoningRequest === 'thinking' || reasoningRequest === 'effort'
      ? thinkingByQuirk[reasoningRequest]
      : named.thinking
  return { ...named, thinking, midSystem: systemAnywhere ?? named.midSystem }
}
