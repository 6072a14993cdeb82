import * as z from 'zod'
import type { Allowance } from '../core/allowance.ts'
import { keyCaches } from '../core/key-cache.ts'
import { leastWeight, mostWeight, priorities } from '../core/priority.ts'
import type { ControlKind } from '../stores/store.ts'
import { allowanceSchema } from './allowance-schema.ts'
import { instant, nameText } from './document-fields.ts'

const digest = z.strictObject({
  /** As `digestOf` makes it. */
  digest: z.string().regex(/^[\da-f]{64}$/, 'must be 64 hexadecimal digits'),
  /** Unix milliseconds until which it is accepted; absent: as long as the key. */
  until: instant.optional(),
})

const keySchema = z.strictObject({
  /** The newest first; older ones stay for the overlap of a rotation. */
  digests: z.array(digest).min(1).max(16),
  shown: z.string().max(64),
  org: nameText.optional(),
  team: nameText.optional(),
  user: nameText.optional(),
  models: z.array(nameText).max(1_000).optional(),
  doors: z.array(nameText).max(100).optional(),
  priority: z.enum(priorities).optional(),
  weight: z.number().min(leastWeight).max(mostWeight).optional(),
  cache: z.enum(keyCaches).optional(),
  createdAt: instant,
  expiresAt: instant.optional(),
  revokedAt: instant.optional(),
})

const scopeSchema = z.strictObject({
  /** The org of a team, the team of a user. */
  parent: nameText.optional(),
})

/**
 * What is written down of answers that were taken away, of webhooks that were sent again, of jobs that were asked again or
 * cancelled, and of calls that were read: only the line of audit beside it says something.
 */
const noteSchema = z.strictObject({})

/** A virtual key as the store keeps it: digests, never the key. Times are Unix milliseconds. */
export type KeyDocument = z.output<typeof keySchema>

/** An org, a team or a user as the store keeps it. */
export type ScopeDocument = z.output<typeof scopeSchema>

/** How documents of one kind become text and are read again. */
export interface DocumentForm<Value> {
  /** JSON; whole numbers beyond 2^53 as decimal digits. */
  write(value: Value): string
  /** Throws RangeError, with what is wrong but without the text itself, for what is no such document. */
  read(text: string): Value
}

const formOf = <Value>(schema: z.ZodType<Value>): DocumentForm<Value> => ({
  write: (value) => JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? String(inner) : inner)),
  read: (text) => {
    const checked = schema.safeParse(parsed(text))
    if (checked.success) return checked.data
    const [issue] = checked.error.issues
    throw new RangeError(`${issue?.path.join('.') || 'the document'}: ${issue?.message}`)
  },
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new RangeError('the document is not JSON')
  }
}

/** What each kind of control entry holds. The name of an allowance's entry is its id. */
export interface Documents {
  readonly key: KeyDocument
  readonly org: ScopeDocument
  readonly team: ScopeDocument
  readonly user: ScopeDocument
  readonly allowance: Allowance
  readonly cache: z.output<typeof noteSchema>
  readonly webhook: z.output<typeof noteSchema>
  readonly job: z.output<typeof noteSchema>
  readonly call: z.output<typeof noteSchema>
}

const scopeForm = formOf<ScopeDocument>(scopeSchema)

/** The form of each kind of document. */
export const documents: { readonly [Kind in ControlKind]: DocumentForm<Documents[Kind]> } = {
  key: formOf<KeyDocument>(keySchema),
  org: scopeForm,
  team: scopeForm,
  user: scopeForm,
  allowance: formOf<Allowance>(allowanceSchema),
  cache: formOf(noteSchema),
  webhook: formOf(noteSchema),
  job: formOf(noteSchema),
  call: formOf(noteSchema),
}

/** What is wrong with an allowance that somebody asks for, with its field; undefined when nothing is. */
export const allowanceProblem = (
  allowance: Allowance,
): { readonly field: string; readonly problem: string } | undefined => {
  const checked = allowanceSchema.safeParse({ ...allowance, limit: String(allowance.limit) })
  if (checked.success) return undefined
  const [issue] = checked.error.issues
  return { field: issue?.path.join('.') ?? '', problem: issue?.message ?? 'is not valid' }
}
