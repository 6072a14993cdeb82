import { Answer } from '../core/answer.ts'
import type { Attempt } from '../core/call.ts'
import { Chunk } from '../core/chunk.ts'
import type { Delta } from '../core/delta.ts'
import { incapable } from '../core/errors.ts'
import type { Stage } from '../core/handler.ts'
import { countChat } from '../core/tokens.ts'

/**
 * Answers `count_tokens` with the gateway's own tokenizer for targets that offer no counting. The figure is an
 * approximation for models with another tokenizer, and the answer says so in a header.
 */
export const count =
  (countsItself: (provider: string) => boolean): Stage<Attempt> =>
  (next) =>
  (attempt) =>
    attempt.request.operation !== 'count_tokens' || countsItself(attempt.target.provider)
      ? next(attempt)
      : tell(attempt)

const tell = async (attempt: Attempt): Promise<Answer> => {
  if (attempt.request.untranslatable.length > 0) {
    throw incapable(attempt.request.untranslatable[0] as string, attempt.target.id)
  }
  const tokens = await countChat(attempt.request.chat)
  // A number in no language: whoever hands it to the caller writes it in the caller's.
  const told: readonly Delta[] = [{ kind: 'count', tokens }]
  const chunk: Chunk | undefined = new Chunk(new Uint8Array(), false, () => told)
  const rest = [chunk]
  return new Answer(
    {
      wire: '',
      form: 'whole',
      target: attempt.target,
      headers: { 'x-tollgate-count': 'estimated' },
    },
    { pull: () => rest.shift(), cancel: () => rest.splice(0) },
  )
}
