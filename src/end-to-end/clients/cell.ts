import type { JsonObject } from '../../core/json.ts'
import type { FakeUpstream } from '../../testing/index.ts'
import type { Talk } from './talk.ts'

export const clientNames = ['openai', 'anthropic', 'ai-openai', 'ai-anthropic'] as const

/** An official client: OpenAI's, Anthropic's, or the AI SDK through its provider for the one or the other. */
export type ClientName = (typeof clientNames)[number]

export const upstreamWires = ['openai', 'anthropic'] as const

/** The language of an upstream. */
export type UpstreamWire = (typeof upstreamWires)[number]

export const upstreamMakers = ['fake', 'aimock'] as const

/** Who made the upstream: we, in every detail, or somebody else, who reads requests with eyes of their own. */
export type UpstreamMaker = (typeof upstreamMakers)[number]

/** How an answer is asked for. */
export type AskedForm = 'whole' | 'stream'

/** Where a cell of the matrix runs. */
export interface Cell {
  readonly client: ClientName
  readonly wire: UpstreamWire
  readonly maker: UpstreamMaker
  readonly form: AskedForm
  /** Of the gateway, without a slash at the end. */
  readonly url: string
  /** The public name of the upstream's model, such that the client takes it for one it knows. */
  readonly model: string
  /** The same for the upstream of the other wire. */
  readonly otherModel: string
  /** Upstreams of our own making, by wire; their journals begin empty in each cell. */
  readonly fakes: Readonly<Record<UpstreamWire, FakeUpstream>>
  /** A new conversation of the client with the gateway. */
  talk(): Talk
  /** Every body that the cell's upstream received, as its maker read it. */
  received(): readonly JsonObject[]
}

/** A cell that cannot be: why. */
export interface Impossible {
  readonly because: string
}

/** What a client does in a cell and must hear. */
export type Run = (cell: Cell) => Promise<void>
