import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Database } from 'better-sqlite3'
import type { CallEntry } from '../../core/call-entry.ts'
import { readEntry } from '../../core/entry-text.ts'

/**
 * `blocks`: the entries of calls that were written together, from `first_seq` to `last_seq`, one on each line: as BLOB
 * compressed by zstd, as TEXT where they are few. Entries written before there were blocks stand in `entries`.
 */
export const blockTables: readonly string[] = [
  `CREATE TABLE blocks (last_seq INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, entries ANY NOT NULL) STRICT`,
]

/** Compressing takes some 30 µs at least, which fewer characters are not worth. */
const leastCompressed = 2_000

const quick = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Writes the entries of calls, in transactions of whoever asks. */
export const createBlockWrites = (database: Database) => {
  const put = database.prepare('INSERT INTO blocks (last_seq, first_seq, entries) VALUES (?, ?, ?)')
  return (first: number, last: number, lines: string): void => {
    put.run(last, first, lines.length < leastCompressed ? lines : zstdCompressSync(lines, quick))
  }
}

interface Block {
  readonly first: number
  readonly last: number
  readonly entries: string | Uint8Array
}

/** A block whose lines can be read. */
interface OpenBlock extends Omit<Block, 'entries'> {
  readonly lines: readonly string[]
}

/** Neighbours lie in few blocks, also where several processes write by turns. */
const mostOpen = 16

/** Reads entries by the numbers of their calls; undefined: there is none. It keeps some blocks open, so it is made for one question. */
export const createEntryReads = (database: Database): ((seq: number) => CallEntry | undefined) => {
  const blockOf = database.prepare(
    'SELECT first_seq AS first, last_seq AS last, entries FROM blocks WHERE last_seq >= ? ORDER BY last_seq LIMIT 1',
  )
  const alone = database.prepare('SELECT entry FROM entries WHERE seq = ?').pluck()
  const opened: OpenBlock[] = []
  const open = (seq: number): OpenBlock | undefined => {
    const block = blockOf.get(seq) as Block | undefined
    if (!block || block.first > seq) return undefined
    const found = { ...block, lines: textOf(block).split('\n') }
    opened.unshift(found)
    opened.length = Math.min(opened.length, mostOpen)
    return found
  }
  return (seq) => {
    const block = opened.find(({ first, last }) => first <= seq && seq <= last) ?? open(seq)
    const text = block ? block.lines[seq - block.first] : (alone.get(seq) as string | undefined)
    return text === undefined ? undefined : readEntry(text)
  }
}

const textOf = ({ entries }: Block): string =>
  typeof entries === 'string' ? entries : zstdDecompressSync(entries).toString()

/** Takes calls away by their numbers, and blocks with the last of their calls. In transactions of whoever asks. */
export const createCallRemoval = (database: Database): ((seqs: readonly number[]) => void) => {
  const statements = [
    'DELETE FROM calls WHERE seq IN (SELECT value FROM json_each(?))',
    'DELETE FROM entries WHERE seq IN (SELECT value FROM json_each(?))',
    `DELETE FROM blocks WHERE last_seq IN
       (SELECT (SELECT last_seq FROM blocks WHERE last_seq >= value ORDER BY last_seq LIMIT 1) FROM json_each(?))
     AND NOT EXISTS (SELECT 1 FROM calls WHERE seq BETWEEN first_seq AND last_seq)`,
  ].map((sql) => database.prepare(sql))
  return (seqs) => {
    const text = JSON.stringify(seqs)
    for (const statement of statements) statement.run(text)
  }
}
