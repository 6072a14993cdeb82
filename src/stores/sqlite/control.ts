import type { ControlStore } from '../store.ts'
import type { Channel } from './channel.ts'
import { readSecret } from './control-secret.ts'
import type { Questions } from './lazy-thread.ts'
import type { ReaderProcedures } from './reader-procedures.ts'
import type { WriterProcedures } from './writer-procedures.ts'

/** The threads of one store, and the file that it is. */
export interface StoreThreads {
  readonly path: string
  readonly writer: Channel<WriterProcedures>
  readonly reader: Questions<ReaderProcedures>
}

/** Administrators' documents in the file, seen by every process that shares it. */
export const createSqliteControl = ({ path, writer, reader }: StoreThreads): ControlStore => {
  const watchers = new Set<{ changed(): void }>()
  writer.on('changed', () => {
    for (const watcher of [...watchers]) watcher.changed()
  })
  let secret: Promise<Uint8Array> | undefined
  return {
    changes: (after) => writer.call('entryChanges', after),
    put: (entry, audit, expect) => writer.call('putEntry', { entry, audit, expect }),
    audit: (query) => reader.call('auditLines', query),
    secret: async () => {
      secret ??= readSecret(`${path}.secret`)
      try {
        return new Uint8Array(await secret)
      } catch (thrown) {
        secret = undefined
        throw thrown
      }
    },
    watch: (changed) => {
      const watcher = { changed }
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
  }
}
