import { randomBytes } from 'node:crypto'
import type { AuditEntry, ControlEntry, ControlStore } from '../store.ts'

/** The control store of one process, and how others in it write into its audit. */
export interface MemoryControl extends ControlStore {
  /** Writes one line of audit; its time is later than that of the line before. */
  note(audit: Omit<AuditEntry, 'at'>): void
}

const mostAudit = 10_000

/** Keeps what administrators made for as long as the process lives. */
export const createMemoryControl = (): MemoryControl => {
  const entries = new Map<string, ControlEntry>()
  const audits: AuditEntry[] = []
  const watchers = new Set<{ changed(): void }>()
  const secret = randomBytes(32)
  let version = 0

  const note = (audit: Omit<AuditEntry, 'at'>): void => {
    const at = Math.max(Date.now(), (audits.at(-1)?.at ?? 0) + 1)
    audits.push({ at, ...audit })
    if (audits.length > mostAudit) audits.shift()
  }

  const put: ControlStore['put'] = async (entry, audit, expect) => {
    const key = `${entry.kind} ${entry.name}`
    if (!isExpected(entries.get(key), expect)) return undefined
    version++
    const { kind, name, document, deleted } = entry
    entries.set(key, { kind, name, document, deleted, version })
    note(audit)
    queueMicrotask(() => {
      for (const watcher of watchers) watcher.changed()
    })
    return version
  }

  return {
    note,
    put,
    changes: async (after) =>
      [...entries.values()].filter((entry) => entry.version > after).sort((one, other) => one.version - other.version),
    audit: async ({ limit, before = Number.POSITIVE_INFINITY }) =>
      audits
        .filter(({ at }) => at < before)
        .reverse()
        .slice(0, limit),
    secret: async () => new Uint8Array(secret),
    watch: (changed) => {
      const watcher = { changed }
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
  }
}

const isExpected = (entry: ControlEntry | undefined, expect: 'new' | 'old' | 'any' | number): boolean => {
  if (expect === 'any') return true
  if (typeof expect === 'number') return entry?.version === expect
  const isThere = entry !== undefined && !entry.deleted
  return expect === 'old' ? isThere : !isThere
}
