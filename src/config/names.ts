import { type Path, shown } from './complaints.ts'
import type { TargetConfig } from './config.ts'
import type { Complain } from './issues.ts'
import { kinds } from './kinds.ts'
import { hint } from './suggest.ts'

/** What a configuration may refer to by name. */
export interface Names {
  readonly providers: ReadonlySet<string>
  readonly models: ReadonlySet<string>
  readonly complain: Complain
}

/** `provider/model` cut at its first slash, or undefined when there is no name on either side. */
export const splitTarget = (text: string): { provider: string; model: string } | undefined => {
  const slash = text.indexOf('/')
  if (slash < 1 || slash === text.length - 1) return undefined
  return { provider: text.slice(0, slash), model: text.slice(slash + 1) }
}

const longestTarget = 256

/** A written target, or undefined after a complaint. */
export const readTarget = (text: string, path: Path, names: Names): TargetConfig | undefined => {
  const parts = splitTarget(text)
  if (!parts || /[\s\p{Cc}]/u.test(text)) {
    const model = names.models.has(text) ? '; a public model cannot be a target of another' : ''
    names.complain(path, `expected a target such as openai/gpt-5-mini, got ${shown(text)}${model}`)
    return undefined
  }
  if (text.length > longestTarget) {
    names.complain(path, `expected at most ${longestTarget} characters`)
    return undefined
  }
  if (!names.providers.has(parts.provider)) {
    names.complain(path, unknownProvider(parts.provider, names.providers))
    return undefined
  }
  return { id: text, ...parts, weight: 1 }
}

/** What is wrong with a name that a caller might ask for, or undefined when it is a public model or `provider/model`. */
export const modelProblem = (model: string, { models, providers }: Names): string | undefined => {
  if (models.has(model)) return undefined
  const provider = splitTarget(model)?.provider
  if (provider !== undefined && providers.has(provider)) return undefined
  const known = provider === undefined ? models : [...models, ...providers]
  const meant = hint(model, known) || (provider === undefined ? '' : `; ${unknownProvider(provider, providers)}`)
  return `no model is called ${shown(model)}${meant}`
}

/** Says that a provider does not exist, and how to have it. */
export const unknownProvider = (name: string, known: ReadonlySet<string>): string => {
  const problem = `no provider is called ${shown(name)}`
  const kind = kinds.get(name)
  if (!kind) return `${problem}${hint(name, known)}`
  const [variable] = kind.environmentKeys
  return `${problem}; ${variable === undefined ? '' : `set ${variable}, or `}add providers.${name}`
}
