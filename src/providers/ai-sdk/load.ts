import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'

/** A package of the AI SDK whose models are called. */
export interface PackageOptions {
  /** Such as `@ai-sdk/mistral`. */
  readonly package: string
  /** Which of its exports makes a provider. Default: the only one, or the shortest, that begins with `create`. */
  readonly export?: string | undefined
  /** What that export is called with: keys, addresses. */
  readonly options: JsonObject
}

/** True for the name of a package, which is never a path or an address. */
export const isPackageName = (text: string): boolean =>
  text.length <= 214 && /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/i.test(text)

/** Where a package is, seen from a folder or from the gateway itself; undefined: it is not installed. */
export const findPackage = (name: string, folder: string): string | undefined => {
  for (const from of [join(folder, 'package.json'), import.meta.url]) {
    try {
      return pathToFileURL(createRequire(from).resolve(name)).href
    } catch {
      // It is not there; the next place may have it.
    }
  }
  return undefined
}

type Create = (options: JsonObject) => unknown

/** The export that makes a provider; undefined where there is none, or none of that name. */
const creatorIn = (module: Readonly<Record<string, unknown>>, wanted: string | undefined): Create | undefined => {
  const names = wanted === undefined ? Object.keys(module).filter((each) => /^create[A-Z]/.test(each)) : [wanted]
  const [name] = names.sort((one, other) => one.length - other.length)
  const found = name === undefined ? undefined : module[name]
  return typeof found === 'function' ? (found as Create) : undefined
}

/** The models of a provider of the AI SDK, or of whatever else gives them by name. Throws GatewayError. */
export const modelsOf = (provider: unknown): ((name: string) => LanguageModelV4) => {
  const { languageModel } = (provider ?? {}) as { languageModel?: (name: string) => unknown }
  const give = typeof languageModel === 'function' ? languageModel.bind(provider) : provider
  if (typeof give !== 'function') throw unusable('gives no models')
  return (name) => {
    const model = give(name) as LanguageModelV4
    if (model?.specificationVersion === 'v4') return model
    throw unusable(`gives models of version ${model?.specificationVersion ?? 'unknown'}; v4 is needed`)
  }
}

const unusable = (problem: string): GatewayError =>
  new GatewayError('internal', `A package of the AI SDK ${problem}.`, { outcome: 'incapable' })

/** The models of a package, which is loaded when the first of them is asked. Throws GatewayError. */
export const loadModels = (wanted: PackageOptions, folder: string): ((name: string) => Promise<LanguageModelV4>) => {
  let loaded: Promise<(name: string) => LanguageModelV4> | undefined
  const load = async () => {
    const url = findPackage(wanted.package, folder)
    if (url === undefined) throw unusable(`is not installed: ${wanted.package}`)
    const create = creatorIn((await import(url)) as Readonly<Record<string, unknown>>, wanted.export)
    if (!create) throw unusable(`has no export that makes a provider: ${wanted.package}`)
    return modelsOf(create(wanted.options))
  }
  return async (name) => {
    loaded ??= load()
    return (await loaded)(name)
  }
}
