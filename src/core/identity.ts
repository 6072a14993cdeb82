declare const scoped: unique symbol

/** Who shares answers: made by `cacheScopeOf` alone, and never empty, so that nothing can be kept for nobody in particular. */
export type CacheScope = string & { readonly [scoped]: true }

/** How wide answers are shared; `team` means the key where it has no team, and so on inwards. */
export type ScopeWidth = 'key' | 'team' | 'org' | 'gateway'

/** What makes a question the same as another one: nothing is answered from memory, or asked together, without it. */
export interface Identity {
  readonly scope: CacheScope
  /** The public model. */
  readonly model: string
  /** Names the question within everything that was ever asked; it holds the scope. */
  readonly key: string
}

/** A question that may be answered like one that says the same in other words. */
export interface Likeness {
  /** Names everything of the question but its last words; it holds the scope. Only questions of one frame are compared. */
  readonly frame: string
  /** The last words of the user. */
  readonly text: string
}
