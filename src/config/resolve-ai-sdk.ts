import process from 'node:process'
import type { JsonObject } from '../core/json.ts'
import { openHandle } from '../providers/ai-sdk/handles.ts'
import { findPackage, isPackageName, type PackageOptions } from '../providers/ai-sdk/load.ts'
import type { Path } from './complaints.ts'
import type { Complain } from './issues.ts'

/** Where the models of the AI SDK come from: a package, or the program that runs the gateway. */
export type AiSdkConfig = (PackageOptions & { readonly folder: string }) | { readonly handle: string }

interface Written {
  readonly package?: string | undefined
  readonly export?: string | undefined
  readonly options?: JsonObject | undefined
  readonly handle?: string | undefined
}

/** Where the models come from, or undefined after a complaint. */
export const aiSdkOf = (value: Written, path: Path, complain: Complain): AiSdkConfig | undefined => {
  const { handle, package: name, options = {} } = value
  if (handle !== undefined) {
    if (openHandle(handle)) return { handle }
    complain(
      [...path, 'handle'],
      'is given by `fromAiSdk` in the program that makes the gateway; name a package instead',
    )
    return undefined
  }
  const at: Path = [...path, 'package']
  if (name === undefined) complain(at, 'is missing; name a package such as @ai-sdk/mistral')
  else if (!isPackageName(name)) complain(at, 'expected the name of a package such as @ai-sdk/mistral')
  else {
    const folder = process.cwd()
    if (findPackage(name, folder) !== undefined) return { package: name, export: value.export, options, folder }
    complain(at, `is not installed; run \`npm install ${name}\` where the gateway is started`)
  }
  return undefined
}
