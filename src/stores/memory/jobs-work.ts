import { attemptsKept, overdue, piecesRoom, usageWith, verdictOf } from '../job-rules.ts'
import type { ClaimedJob, Finished, JobPiece, JobWork } from '../job-store.ts'
import type { JobsBook } from './jobs-book.ts'
import { endAttempt, jobOf, type MemoryAttempt, type MemoryJob } from './jobs-row.ts'
import { sweep } from './jobs-sweep.ts'
import type { Member } from './ledger.ts'

/** The jobs of one memory, as the workers of one process see them. `tidy` is done with every sweep. */
export const createMemoryJobWork = (book: JobsBook, member: Member, tidy: (now: number) => void): JobWork => {
  const finish = createFinish(book)
  return {
    claim: createClaim(book, member),
    beat: async (fences, leaseMs) => {
      const until = book.time() + leaseMs
      const held = fences.map((fence) => ({ fence, row: holderOf(book, fence) }))
      for (const { row } of held) if (row) row.leaseUntil = until
      return {
        lost: held.filter(({ row }) => !row).map(({ fence }) => fence),
        stopping: held.filter(({ row }) => row?.isStopping).map(({ fence }) => fence),
      }
    },
    pieces: async (fence, pieces) => {
      const row = holderOf(book, fence)
      if (row) keepPieces(book, row, pieces)
    },
    finish: async (finished) => finished.map(finish),
    sweep: async ({ maxCrashes }) => {
      const now = book.time()
      tidy(now)
      return sweep(book, maxCrashes, now)
    },
    watch: (changed) => book.watch(changed),
  }
}

/** The job that this claim has, if it has it still. */
const holderOf = (book: JobsBook, fence: number): MemoryJob | undefined => {
  const row = book.fences.get(fence)?.row
  return row?.current?.fence === fence ? row : undefined
}

const createClaim = (book: JobsBook, member: Member): JobWork['claim'] => {
  const begin = (row: MemoryJob, worker: string, now: number): ClaimedJob => {
    const fence = ++book.lastFence
    const attempt: MemoryAttempt = {
      fence,
      ordinal: ++row.begun,
      worker,
      startedAt: now,
      endedAt: undefined,
      outcome: undefined,
      error: undefined,
      call: undefined,
      costNanos: undefined,
      isBooked: false,
    }
    row.state = 'running'
    row.version++
    row.attempts++
    row.startedAt ??= now
    row.current = attempt
    row.history.push(attempt)
    book.fences.set(fence, { row, attempt })
    if (row.history.length > attemptsKept) book.fences.delete(row.history.shift()?.fence ?? 0)
    row.pieces = []
    row.pieceCharacters = 0
    book.running.add(row)
    book.tell({ work: false, news: true })
    const { headers, body } = row.order
    const aside = book.money.begin(row, { fence, member, now })
    return { job: jobOf(row), headers, body, fence, attempt: attempt.ordinal, aside }
  }

  return async ({ worker, most, leaseMs }) => {
    const now = book.time()
    const promoted = book.lines.promote(now)
    const claimed: ClaimedJob[] = []
    while (claimed.length < most) {
      const row = book.lines.next(now)
      if (!row) break
      book.timed.delete(row)
      if ((row.order.deadlineAt ?? Number.POSITIVE_INFINITY) <= now) {
        book.decide(row, overdue, now)
        continue
      }
      row.leaseUntil = now + leaseMs
      claimed.push(begin(row, worker, now))
    }
    if (promoted > claimed.length) book.tell({ work: true, news: false })
    return claimed
  }
}

const keepPieces = (book: JobsBook, row: MemoryJob, pieces: readonly JobPiece[]): void => {
  for (const piece of pieces) {
    if (row.pieceCharacters + piece.text.length > piecesRoom) break
    row.pieceCharacters += piece.text.length
    row.pieces.push(piece)
  }
  book.tell({ work: false, news: true })
}

const createFinish =
  (book: JobsBook) =>
  (finished: Finished): boolean => {
    const { fence, id, call, end, spent } = finished
    const found = book.fences.get(fence)
    if (!found || found.row.order.id !== id) return false
    const { row, attempt } = found
    bookCost(row, attempt, finished)
    attempt.call ??= call
    const isHeld = row.current === attempt
    const verdict = verdictOf(end, row.isStopping)
    book.money.settle(row, { fence, spent, waits: isHeld && verdict.state === 'queued' })
    if (!isHeld) return false
    const now = book.time()
    endAttempt(attempt, verdict.outcome, now)
    attempt.error = 'error' in end ? end.error : undefined
    book.decide(row, verdict, now)
    return true
  }

/** Once for each attempt; one that was taken for lost tells late what was unknown until then. */
const bookCost = (row: MemoryJob, attempt: MemoryAttempt, { costNanos, usage }: Finished): void => {
  if (attempt.isBooked) return
  attempt.isBooked = true
  const wasLost = attempt.outcome !== undefined
  if (wasLost && costNanos !== undefined) row.unknownCosts--
  if (!wasLost && costNanos === undefined) row.unknownCosts++
  if (!wasLost) row.usage = usageWith(row, usage)
  row.costNanos += costNanos ?? 0n
  attempt.costNanos = costNanos
  row.version++
}
