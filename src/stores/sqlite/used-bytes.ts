import type { Database } from 'better-sqlite3'

/** How much of a file is in use; pages that are free will be used before it grows. */
export const usedBytesOf = (database: Database): number => {
  const number = (pragma: string): number => Number(database.pragma(pragma, { simple: true }))
  return (number('page_count') - number('freelist_count')) * number('page_size')
}
