import type { CallEntry } from '../../core/call-entry.ts'
import type { Feedback } from '../../core/feedback.ts'
import type { FeedbackOf, FeedbackStore, QualityQuery, QualityReport } from '../feedback-store.ts'
import { mostLabels, mostLooked, tooMuch } from '../feedback-store.ts'
import { addCallTo, addFeedbackTo, noQuality, type QualitySums, qualityName } from '../quality-sums.ts'

interface Said {
  readonly feedback: Feedback
  readonly of: FeedbackOf
}

/** What was said is kept of so many calls, the latest. */
const mostCalls = 10_000

/** Feedback that is forgotten with its process. `newest` gives the calls that are kept, the newest first. */
export const createMemoryFeedback = (
  newest: () => Iterable<CallEntry>,
): FeedbackStore & { forget(before: number): void } => {
  const said = new Map<string, Said[]>()
  return {
    put: async (feedback, of) => {
      const all = said.get(feedback.call) ?? []
      const others = all.filter(({ feedback: { key, label } }) => key !== feedback.key || label !== feedback.label)
      if (others.filter(({ feedback: { key } }) => key === feedback.key).length >= mostLabels) throw tooMuch()
      said.delete(feedback.call)
      said.set(feedback.call, [...others, { feedback, of }])
      for (const oldest of said.keys()) {
        if (said.size <= mostCalls) break
        said.delete(oldest)
      }
    },
    of: async (call) => (said.get(call) ?? []).map(({ feedback }) => feedback).sort((one, other) => other.at - one.at),
    quality: async (query) => qualityOf(newest(), [...said.values()].flat(), query),
    forget: (before) => {
      for (const [call, all] of said) if (all.every(({ of }) => of.startedAt < before)) said.delete(call)
    },
  }
}

const qualityOf = (
  newest: Iterable<CallEntry>,
  said: readonly Said[],
  { from, to, by, budgets }: QualityQuery,
): QualityReport => {
  const rows = new Map<string, QualitySums>()
  const sumsOf = (name: string): QualitySums => {
    const sums = rows.get(name) ?? noQuality()
    rows.set(name, sums)
    return sums
  }
  let looked = 0
  let isCut = false
  for (const entry of newest) {
    if (entry.startedAt < from) break
    if (entry.startedAt >= to || entry.purpose !== undefined) continue
    if (looked++ >= mostLooked) {
      isCut = true
      break
    }
    const name = qualityName(entry, by)
    if (name !== undefined) addCallTo(sumsOf(name), entry, budgets[entry.model])
  }
  for (const { feedback, of } of said) {
    const name = qualityName(of, by)
    if (name !== undefined && of.startedAt >= from && of.startedAt < to) addFeedbackTo(sumsOf(name), feedback)
  }
  return { rows: [...rows].map(([name, sums]) => ({ name, sums })), isCut }
}
