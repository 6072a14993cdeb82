import type { Background } from '../core/background.ts'
import type { SemanticRules } from '../core/cache-rules.ts'
import type { Call } from '../core/call.ts'
import { noChat, type Request } from '../core/request.ts'
import { readVector } from './answer-texts.ts'
import { embedNgrams, toUnit } from './ngrams.ts'
import { offlineModel } from './offline.ts'

/** What a question is looked for with. */
export interface Vectors {
  /** Tells vectors of different origins apart. */
  readonly name: string
  /** The least cosine at which a question is looked at at all, where nothing else is said. */
  readonly floor: number
  /** Undefined: there is none now, and the question is not compared. Never rejects. */
  of(call: Call, text: string): Promise<Float32Array | undefined>
}

/** A model that takes longer would make the call slower than it saves. */
const embedMs = 1000

const ngramFloor = 0.45
const modelFloor = 0.6

/** The built-in vectors, or those of a public model of the gateway. */
export const vectorsOf = ({ embed }: SemanticRules, background: Background): Vectors => {
  if (embed.kind === 'ngrams')
    return { name: 'ngrams-1', floor: ngramFloor, of: (_, text) => Promise.resolve(embedNgrams(text)) }
  if (embed.kind === 'offline') return { name: 'offline-1', floor: modelFloor, of: (_, text) => offline(text) }
  const { model } = embed
  return {
    name: `model ${model}`,
    floor: modelFloor,
    of: async (call, text) => {
      try {
        const question = { purpose: 'embed', request: embeddingOf(model, text), totalMs: embedMs } as const
        const vector = await readVector(await background.ask(call, question))
        return vector && vector.length <= mostDimensions ? toUnit(vector) : undefined
      } catch {
        // Its record tells of it; the question is only not compared.
        return undefined
      }
    },
  }
}

const offline = async (text: string): Promise<Float32Array | undefined> => {
  try {
    const vector = await (await offlineModel())?.(text)
    return vector && toUnit(vector)
  } catch {
    return undefined
  }
}

/** Sums of products of longer ones do not fit into 32 bits. */
const mostDimensions = 4096

const embeddingOf = (model: string, text: string): Request => ({
  operation: 'embed',
  wire: 'openai-embeddings',
  model,
  stream: false,
  wantsUsage: false,
  body: undefined,
  chat: noChat,
  embed: { inputs: [{ kind: 'text', text }] },
  untranslatable: [],
})
