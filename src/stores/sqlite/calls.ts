import { resolve } from 'node:path'
import type { CallEntry } from '../../core/call-entry.ts'
import { addPacked, type CallFigures, noFigures, readFigures } from '../call-figures.ts'
import type { CallQuery, CallRetention, FiguresQuery, NamedFigures } from '../call-store.ts'
import { type ObservedStore, tooMuch } from '../feedback-store.ts'
import type { BodyKeys } from './call-bodies.ts'
import type { CallProcedures, CallReadProcedures } from './call-desk.ts'
import { startThread } from './channel.ts'
import { lazyThread, type Questions } from './lazy-thread.ts'

export interface SqliteCallsOptions {
  readonly path: string
  readonly keep: CallRetention
  /** What was said is encrypted with the first, decrypted with any; default: it is not encrypted. */
  readonly keys?: BodyKeys | undefined
  readonly warn: (message: string, facts: Readonly<Record<string, unknown>>) => void
}

/** For so long the same trouble is not told of again. */
const quietMs = 600_000

/** Calls in a file, which several processes may share: one thread writes, one reads while somebody asks. */
export const createSqliteCalls = async (options: SqliteCallsOptions): Promise<ObservedStore> => {
  const { path: written, keep, keys = [], warn } = options
  const path = resolve(written)
  const starting = startThread<CallProcedures>({ role: 'calls', path, keep, keys })
  const toldAt = new Map<string, number>()
  starting.on('callsWarning', ({ message, facts }) => {
    const now = performance.now()
    if (now - (toldAt.get(message) ?? Number.NEGATIVE_INFINITY) < quietMs) return
    toldAt.set(message, now)
    warn(message, facts)
  })
  const writer = await starting.open()
  return callsOver(writer, lazyThread<CallReadProcedures>({ role: 'calls-reader', path, keys }))
}

/** Calls of whoever writes and whoever reads them. */
export const callsOver = (writer: Questions<CallProcedures>, reader: Questions<CallReadProcedures>): ObservedStore => ({
  append: (texts) => writer.call('append', texts.join('\n')),
  find: async (id) => {
    const text = await reader.call('find', id)
    return text === undefined ? undefined : JSON.parse(text)
  },
  list: async (query: CallQuery) => {
    const { entries, next } = await reader.call('list', query)
    return { entries: entries.map((text): CallEntry => JSON.parse(text)), next }
  },
  figures: async (query: FiguresQuery) => {
    const { from, to, total, points, models, targets } = await reader.call('figures', query)
    return {
      from,
      to,
      total: unpacked(total),
      points: points.map(([at, figures]) => ({ at, figures: unpacked(figures) })),
      models: models.map(named),
      targets: targets.map(named),
    }
  },
  retain: (now) => writer.call('retain', now),
  feedback: {
    put: async (feedback, of) => {
      if (!(await writer.call('say', { feedback, of }))) throw tooMuch()
    },
    of: (call) => reader.call('feedback', call),
    quality: (query) => reader.call('quality', query),
  },
  bodies: {
    put: (kept) => writer.call('keepBodies', kept),
    of: (which) => reader.call('bodies', which),
  },
  close: async () => {
    await reader.close()
    await writer.close()
  },
})

const unpacked = (text: string): CallFigures => {
  const figures = noFigures()
  addPacked(figures, readFigures(text))
  return figures
}

const named = ([name, figures]: readonly [string, string]): NamedFigures => ({ name, figures: unpacked(figures) })
