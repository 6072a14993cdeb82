/** What tells workers that there are jobs; the jobs themselves are in the store. */
export type JobEngine =
  /** Nothing beside the store. */
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'redis'
      /** `redis:` or `rediss:`, with its credentials: never shown. */
      readonly url: string
      /** Before every key, so that several gateways can share one Redis. */
      readonly prefix: string
    }
  | {
      readonly kind: 'sqs'
      readonly queue: { readonly url: string } | { readonly name: string }
      /** Undefined: as the environment says. */
      readonly region: string | undefined
      /** Undefined: the one of AWS. */
      readonly endpoint: string | undefined
    }
