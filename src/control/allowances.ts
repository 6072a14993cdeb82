import type { Allowance } from '../core/allowance.ts'
import { GatewayError, invalid } from '../core/errors.ts'
import type { Scope } from '../core/scope.ts'
import type { ReportStore, Standing } from '../stores/store.ts'
import type { AllowanceView, Control } from './control.ts'
import type { Declaration } from './declaration.ts'
import { allowanceProblem } from './documents.ts'
import type { Entries } from './entries.ts'
import type { Known } from './key-changes.ts'
import { checkName, declaredOnly, missing } from './refusals.ts'

export interface AllowancesOptions {
  readonly entries: Entries
  readonly declared: Declaration
  readonly reports: Pick<ReportStore, 'standings' | 'releaseLost'>
  readonly known: Known
}

type Allowances = Pick<Control, 'allowances' | 'putAllowance' | 'deleteAllowance' | 'releaseLost'>

/** Budgets and limits beside those of the configuration. */
export const createAllowances = ({ entries, declared, reports, known }: AllowancesOptions): Allowances => {
  const isDeclared = (id: string): boolean => declared.allowances.some((allowance) => allowance.id === id)
  const there = async (id: string): Promise<boolean> =>
    isDeclared(id) || (await entries.get('allowance', id))?.deleted === false
  return {
    async allowances() {
      const made = (await entries.all('allowance')).filter(({ name, deleted }) => !deleted && !isDeclared(name))
      const standings = byAllowance(await reports.standings())
      const view = (allowance: Allowance, fixed: boolean): AllowanceView => ({
        allowance,
        isDeclared: fixed,
        standings: standings.get(allowance.id) ?? [],
      })
      return [
        ...declared.allowances.map((allowance) => view(allowance, true)),
        ...made.map(({ document }) => view(document, false)),
      ]
    },
    async putAllowance(allowance, actor) {
      if (isDeclared(allowance.id)) throw declaredOnly(`The allowance ${allowance.id}`)
      checkAllowance(allowance, known)
      const found = await entries.get('allowance', allowance.id)
      if (found) checkSameUnit(allowance, found.document)
      const { id, ...detail } = allowance
      const note = { actor, action: 'allowance.set', detail }
      await entries.write({
        kind: 'allowance',
        name: id,
        document: allowance,
        expect: found?.version ?? 'new',
        ...note,
      })
      const standings = byAllowance(await reports.standings()).get(id) ?? []
      return { allowance, isDeclared: false, standings }
    },
    async deleteAllowance(id, actor) {
      if (isDeclared(id)) throw declaredOnly(`The allowance ${id}`)
      const found = await entries.get('allowance', id)
      if (!found || found.deleted) throw missing('allowance of this id')
      const note = { actor, action: 'allowance.delete', detail: {} }
      const { document, version } = found
      await entries.write({ kind: 'allowance', name: id, document, deleted: true, expect: version, ...note })
    },
    async releaseLost(id: string, subject: Scope, actor: string) {
      if (!(await there(id))) throw missing('allowance of this id')
      const detail = JSON.stringify({ subject })
      return reports.releaseLost(id, subject, { actor, action: 'allowance.release', subject: id, detail })
    },
  }
}

const byAllowance = (standings: readonly Standing[]): ReadonlyMap<string, readonly Standing[]> =>
  Map.groupBy(standings, ({ allowance }) => allowance)

const checkAllowance = (allowance: Allowance, known: Known): void => {
  checkName('id', allowance.id)
  const wrong = allowanceProblem(allowance)
  if (wrong) throw invalid(wrong.field, wrong.problem)
  const { model, webhook, unit, alerts } = allowance
  if (model !== undefined && known.isModel?.(model) === false) throw invalid('model', 'no model has this name')
  if (unit !== 'nanos' && alerts.length > 0) throw invalid('alerts', 'are for money only')
  if (webhook !== undefined && unit !== 'nanos') throw invalid('webhook', 'is for money only')
  // This machine is made to call no address but those of its configuration.
  if (webhook !== undefined && known.isEndpoint?.(webhook) !== true)
    throw invalid('webhook', 'must be a name of webhooks.endpoints of the configuration')
}

/** What was counted under an id stays with it, so an id counts one thing for ever. */
const checkSameUnit = (wanted: Allowance, before: Allowance): void => {
  if (wanted.unit === before.unit) return
  throw new GatewayError('conflict', `${wanted.id} counts ${before.unit}; choose another id to count ${wanted.unit}.`)
}
