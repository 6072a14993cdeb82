import type { AllowanceView, Control } from '../control/control.ts'
import type { Allowance } from '../core/allowance.ts'
import { GatewayError } from '../core/errors.ts'
import { usdFromNanos } from '../core/money.ts'
import type { Scope } from '../core/scope.ts'
import { actor } from './actor.ts'
import { allowanceJson } from './allowance-json.ts'
import { allowancesTable, limitText } from './allowance-table.ts'
import { allowanceFrom, type BudgetWords } from './budget-words.ts'
import { named } from './named.ts'
import { type StoreOptions, withControl } from './open-control.ts'
import { inOrder } from './order.ts'
import { print, printJson } from './output.ts'

/** Lists budgets and limits, those of the configuration too, and where each stands. */
export const listBudgets = (options: StoreOptions & { readonly scope?: Scope }): Promise<void> =>
  withControl(options, async (control) => {
    const { scope } = options
    const all = await control.allowances()
    const found = all.filter((view) => scope === undefined || isAbout(view, scope)).toSorted(byScope)
    if (options.json) printJson(found.map(allowanceJson))
    else print(allowancesTable(found))
  })

const byScope = ({ allowance: one }: AllowanceView, { allowance: other }: AllowanceView): number =>
  inOrder(one.scope, other.scope) || inOrder(one.id, other.id)

const isAbout = ({ allowance, standings }: AllowanceView, scope: Scope): boolean =>
  allowance.scope === scope || standings.some(({ subject }) => subject === scope)

/** Sets a budget or a limit. Setting what is there changes it, and takes nothing off what was used. */
export const setBudget = (options: StoreOptions & BudgetWords): Promise<void> => {
  const wanted = allowanceFrom(options)
  return withControl({ ...options, makes: true }, async (control) => {
    if (options.id === undefined) await checkUsualId(control, wanted)
    const view = await control.putAllowance(wanted, actor())
    if (options.json) printJson(allowanceJson(view))
    else print(`${wanted.id} is set: ${wordsFor(view.allowance)}.`)
  })
}

/** Two names may differ in what an id cannot hold; the budget of another is not overwritten by that. */
const checkUsualId = async (control: Control, { id, scope, model }: Allowance): Promise<void> => {
  const there = (await control.allowances()).find(({ allowance }) => allowance.id === id)?.allowance
  if (there === undefined || (there.scope === scope && there.model === model)) return
  throw new GatewayError('conflict', `${id} is the budget of ${there.scope} already; name this one by --id.`)
}

const wordsFor = (allowance: Allowance): string =>
  `${limitText(allowance)} for ${allowance.scope}${allowance.model === undefined ? '' : `, model ${allowance.model}`}`

/** Takes a budget or a limit away. What the ledger has of it stays. */
export const deleteBudget = (id: string, options: StoreOptions): Promise<void> =>
  withControl(options, async (control) => {
    await ofBudget(control, id, () => control.deleteAllowance(id, actor()))
    if (options.json) printJson({ deleted: id })
    else print(`${id} is gone: nothing is held for it any more.`)
  })

/** Frees what was charged for processes that died and turned out unspent. */
export const releaseBudget = (id: string, options: StoreOptions & { readonly scope?: Scope }): Promise<void> =>
  withControl(options, async (control) => {
    const subject = options.scope ?? (await ofBudget(control, id, () => onlySubject(control, id)))
    const amount = await ofBudget(control, id, () => control.releaseLost(id, subject, actor()))
    if (options.json) printJson({ released: { usd: usdFromNanos(amount), nanos: String(amount) } })
    else print(`${usdFromNanos(amount)} USD of ${id} (${subject}) are free again.`)
  })

const ofBudget = <T>(control: Control, id: string, work: () => Promise<T>): Promise<T> =>
  named({ what: 'budget', name: id, known: async () => (await control.allowances()).map(idOf) }, work)

const idOf = ({ allowance }: AllowanceView): string => allowance.id

/** Whose share is meant where nobody said so: the only one there is. */
const onlySubject = async (control: Control, id: string): Promise<Scope> => {
  const view = (await control.allowances()).find(({ allowance }) => allowance.id === id)
  if (!view) throw new GatewayError('not_found', 'There is no such budget.')
  if (!view.allowance.scope.endsWith(':*') || view.allowance.scope === 'gateway:*') return view.allowance.scope
  const losers = view.standings.filter(({ lost }) => lost > 0n).map(({ subject }) => subject)
  const [only, ...more] = new Set(losers)
  if (only !== undefined && more.length === 0) return only
  const which = only === undefined ? 'nobody lost anything' : `name one by --scope, ${[only, ...more].join(' or ')}`
  throw new GatewayError('invalid_request', `${id} counts for each by itself: ${which}.`)
}
