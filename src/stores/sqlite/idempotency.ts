import type { IdempotencyStore } from '../store.ts'
import type { Channel } from './channel.ts'
import type { WriterProcedures } from './writer-procedures.ts'

/** Calls with a key in the file, seen by every process that shares it. */
export const createSqliteIdempotency = (writer: Channel<WriterProcedures>): IdempotencyStore => ({
  claim: (call) => writer.call('claimKey', call),
  // What crosses to a thread takes all of the memory along that it is a part of.
  finish: (fence, answer, keepMs) => writer.call('finishKey', { fence, answer: new Uint8Array(answer), keepMs }),
  free: (fence) => writer.call('freeKey', fence),
})
