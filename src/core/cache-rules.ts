import type { ScopeWidth } from './identity.ts'

/** How the answers of a model are kept. */
export interface CacheRules {
  /** Milliseconds for which an answer is fresh, ±10 %; at most 30 days. Default 3 600 000. */
  readonly ttlMs: number
  /** Milliseconds after that in which it is still given, while a new one is asked for in the background. Default 0. */
  readonly staleMs: number
  readonly scope: ScopeWidth
  /** Are answers kept in which the model calls tools? Default false. */
  readonly toolCalls: boolean
  /** Do questions count as the same that differ in white space and the form of their letters? Default false. */
  readonly normalize: boolean
  /** Are equal questions that are under way asked once? Default true. */
  readonly coalesce: boolean
  /** Do streams come as slowly as the first time? Default false. */
  readonly paced: boolean
  /** Undefined: only equal questions are answered from memory. */
  readonly semantic?: SemanticRules | undefined
}

/** When a question is answered like one that says nearly the same. */
export interface SemanticRules {
  /** What turns texts into vectors: the built-in one, an offline model, or a public model of the gateway. */
  readonly embed:
    | { readonly kind: 'ngrams' }
    | { readonly kind: 'offline' }
    | { readonly kind: 'model'; readonly model: string }
  /** The least cosine, 0 to 1; undefined: the embedder's own. */
  readonly similarity?: number | undefined
  /** Wrong answers for each request of a scope, at most; 0 to 1. Default 0.005. */
  readonly maxFalseHits: number
  /** Of what could be answered so, this share is asked upstream as well, and compared; 0 to 1. Default 0.05. */
  readonly check: number
  /** A public model that judges whether two answers say the same; undefined: they are compared by structure. */
  readonly judge?: string | undefined
  /** Is it only reported what would be answered so? Default false. */
  readonly shadow: boolean
}
