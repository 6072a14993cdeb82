import { useState } from 'preact/hooks'
import { ask } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Choice, Field, listIn, textIn } from '../parts/fields.tsx'
import type { Allowance, Window } from '../types.ts'

interface BudgetFormProps {
  /** Undefined: a new one. */
  readonly of: Allowance | undefined
  readonly close: () => void
  readonly done: (text: string) => void
}

const units = [
  ['usd', 'US dollars'],
  ['tokens', 'tokens'],
  ['requests', 'requests'],
  ['concurrency', 'calls at once'],
] as const

const perOf = (window: Window | undefined): string => {
  if (!window || window.kind === 'total') return 'total'
  return window.kind === 'calendar' ? window.per : 'rolling'
}

const windowIn = (fields: FormData): unknown => {
  const per = textIn(fields, 'per') ?? 'total'
  if (per === 'total') return { kind: 'total' }
  if (per === 'rolling') return { kind: 'rolling', length: textIn(fields, 'length') ?? '' }
  return { kind: 'calendar', per, timezone: textIn(fields, 'timezone') ?? 'UTC' }
}

/** A name for what has none: whose, of what, in which time. */
const idOf = (fields: FormData): string =>
  [textIn(fields, 'scope'), textIn(fields, 'model'), textIn(fields, 'unit'), textIn(fields, 'per')]
    .filter(Boolean)
    .join('-')
    .replace(/\W+/g, '-')

/** Asks for everything a budget or a limit is. */
export const BudgetForm = ({ of, close, done }: BudgetFormProps) => {
  const [unit, setUnit] = useState<string>(of?.unit ?? 'usd')
  const [per, setPer] = useState(perOf(of?.window) === 'total' && !of ? 'month' : perOf(of?.window))
  const isMoney = unit === 'usd'
  const save = async (fields: FormData): Promise<void> => {
    const limit = textIn(fields, 'limit') ?? ''
    const body = {
      scope: textIn(fields, 'scope') ?? '',
      model: textIn(fields, 'model'),
      unit,
      limit: isMoney ? limit : Number(limit),
      window: unit === 'concurrency' ? undefined : windowIn(fields),
      onLimit: textIn(fields, 'onLimit'),
      ...(isMoney && {
        hard: fields.get('hard') !== 'no',
        onShort: textIn(fields, 'onShort'),
        alerts: listIn(fields, 'alerts')?.map(Number),
        webhook: textIn(fields, 'webhook'),
      }),
    }
    const id = of?.id ?? textIn(fields, 'id') ?? idOf(fields)
    await ask(`/allowances/${encodeURIComponent(id)}`, { method: 'PUT', body })
    done(`${id} is set.`)
  }
  const rolling = of?.window.kind === 'rolling' ? `${of.window.seconds}s` : '24h'
  const zone = of?.window.kind === 'calendar' ? of.window.timezone : 'UTC'
  return (
    <Confirm title={of ? `Edit ${of.id}` : 'Set a budget or limit'} action="Save" close={close} act={save}>
      <Field
        label="Whose"
        name="scope"
        value={of?.scope}
        isRequired
        placeholder="team:shop"
        hint="gateway:*, or org, team, user, key, end_user, session, tag, provider with a name; * is each by itself."
      />
      <div class="pair">
        <Choice label="Unit" name="unit" value={unit} choices={units} change={setUnit} />
        <Field label="Limit" name="limit" value={of?.limit} isRequired />
        {unit !== 'concurrency' && (
          <Choice
            label="Per"
            name="per"
            value={per}
            choices={['month', 'week', 'day', 'hour', ['rolling', 'any stretch of…'], ['total', 'in all, for ever']]}
            change={setPer}
          />
        )}
        {unit !== 'concurrency' && per === 'rolling' && (
          <Field label="Length" name="length" value={rolling} isRequired hint="1m, 24h, 30d" />
        )}
        {unit !== 'concurrency' && per !== 'rolling' && per !== 'total' && (
          <Field label="Time zone" name="timezone" value={zone} />
        )}
        <Field label="Model" name="model" value={of?.model} hint="Empty: all together." />
      </div>
      {isMoney && (
        <div class="pair">
          <Choice
            label="When it is used up"
            name="hard"
            value={of?.hard === false ? 'no' : 'yes'}
            choices={[
              ['yes', 'calls are refused'],
              ['no', 'only told of'],
            ]}
          />
          <Choice
            label="Before that"
            name="onLimit"
            value={of?.onLimit ?? 'refuse'}
            choices={[
              ['refuse', 'refuse'],
              ['cheaper', 'go to a cheaper target'],
            ]}
          />
          <Choice
            label="When little is left"
            name="onShort"
            value={of?.onShort ?? 'clamp'}
            choices={[
              ['clamp', 'shorten the answer'],
              ['reject', 'refuse'],
            ]}
          />
          <Field label="Tell at percents" name="alerts" value={of?.alerts.join(', ') ?? '50, 80, 100'} />
          <Field label="Tell whom" name="webhook" value={of?.webhook} hint="A name of webhooks.endpoints." />
        </div>
      )}
      {!isMoney && (
        <Choice
          label="A call that does not fit"
          name="onLimit"
          value={of?.onLimit ?? 'refuse'}
          choices={[
            ['refuse', 'is refused'],
            ['wait', 'waits for its turn'],
          ]}
        />
      )}
      {!of && <Field label="Name" name="id" hint="Empty: made of the rest." />}
    </Confirm>
  )
}
