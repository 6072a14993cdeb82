import { duration, flag, section, whole } from './fields.ts'

const dayMs = 86_400_000

/** `jobs`: how calls are done that nobody waits for. */
export const jobsSchema = section(
  {
    workers: whole(
      { least: 0, most: 4_096 },
      {
        description:
          'How many jobs a server does at a time beside its calls; 0: none, they are left to `tollgate worker`. What targets bear is seen to by their queues, as for calls. In the library it is what `gateway.work()` takes unless it is told otherwise.',
        examples: [16, 0],
      },
    ).prefault(16),
    keep: duration(
      {
        description: 'How long a job and its result are kept after its end; at most 90 days.',
        examples: ['7d'],
      },
      { least: 60_000, most: 90 * dayMs },
    ).prefault('7d'),
    maxAttempts: whole(
      { least: 1, most: 20 },
      {
        description:
          'How often a job is tried that fails by what may pass, such as an upstream that is down. Each attempt is a whole call with its own retries and fallbacks. After the last one it is a dead letter.',
        examples: [3],
      },
    ).prefault(3),
    maxCrashes: whole(
      { least: 1, most: 20 },
      {
        description:
          'After so many workers that died with it within 72 hours a job is given to no other: it is a dead letter.',
        examples: [3],
      },
    ).prefault(3),
    lease: duration(
      {
        description:
          'How long a job stays with a worker that gives no sign of life; then another one does it. Signs are given three times as often.',
        examples: ['60s'],
      },
      { least: 1_000, most: 3_600_000 },
    ).prefault('60s'),
    hold: flag({
      description:
        'Is the most that a job may cost set aside in its budgets when it is handed in, where it does not say? It is then never refused for that money later, and handing it in is refused where a budget has too little.',
    }).prefault(false),
  },
  { description: 'How jobs are done: calls whose answers are fetched later.' },
)
