import type { ComponentType } from 'preact'
import { Audit } from './pages/audit.tsx'
import { Budgets } from './pages/budgets.tsx'
import { Cache } from './pages/cache.tsx'
import { Calls } from './pages/calls.tsx'
import { Jobs } from './pages/jobs.tsx'
import { Keys } from './pages/keys.tsx'
import { Models } from './pages/models.tsx'
import { Overview } from './pages/overview.tsx'
import { Playground } from './pages/playground.tsx'
import { Scopes } from './pages/scopes.tsx'
import { Spend } from './pages/spend.tsx'
import { Webhooks } from './pages/webhooks.tsx'

/** One page: its name in the address, and what it shows. */
interface Page {
  readonly name: string
  readonly title: string
  readonly group: (typeof groups)[number]
  readonly view: ComponentType
}

export const groups = ['Traffic', 'Money', 'Gateway'] as const

export const pages: readonly Page[] = [
  { name: 'overview', title: 'Overview', group: 'Traffic', view: Overview },
  { name: 'calls', title: 'Calls', group: 'Traffic', view: Calls },
  { name: 'models', title: 'Models, providers', group: 'Traffic', view: Models },
  { name: 'spend', title: 'Spend', group: 'Money', view: Spend },
  { name: 'budgets', title: 'Budgets and limits', group: 'Money', view: Budgets },
  { name: 'keys', title: 'Keys', group: 'Money', view: Keys },
  { name: 'scopes', title: 'Orgs, teams, users', group: 'Money', view: Scopes },
  { name: 'cache', title: 'Memory', group: 'Gateway', view: Cache },
  { name: 'jobs', title: 'Jobs', group: 'Gateway', view: Jobs },
  { name: 'webhooks', title: 'Webhooks', group: 'Gateway', view: Webhooks },
  { name: 'playground', title: 'Playground', group: 'Gateway', view: Playground },
  { name: 'audit', title: 'Audit log', group: 'Gateway', view: Audit },
]
