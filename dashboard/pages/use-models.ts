import { useLoad } from '../use-load.ts'

interface Shown {
  readonly config: { readonly models?: Readonly<Record<string, unknown>> }
}

/** Names of the models that are configured; none while that is not known. */
export const useModels = (): readonly string[] => {
  const told = useLoad<Shown>('/config')
  return Object.keys(told.data?.config.models ?? {})
}
