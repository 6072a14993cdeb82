import { Choice, Field } from '../parts/fields.tsx'
import { narrow, place } from '../place.ts'
import { useModels } from './use-models.ts'

/** What a list of calls may be narrowed to, as its query says it. */
export const filterNames = [
  'model',
  'target',
  'provider',
  'key',
  'team',
  'user',
  'endUser',
  'session',
  'tag',
  'outcome',
  'error',
  'purpose',
  'minDurationMs',
  'prompt',
] as const

const durations = [
  ['', 'any'],
  ['1000', '1 s or longer'],
  ['5000', '5 s or longer'],
  ['30000', '30 s or longer'],
] as const

const rare = ['provider', 'user', 'session', 'tag', 'purpose', 'prompt'] as const

/** Narrows calls down; what is set stands in the address, so that it can be passed on. */
export const CallFilters = () => {
  const { query } = place.value
  const models = useModels()
  const setting = (name: string): string => query.get(name) ?? ''
  const line = (name: (typeof filterNames)[number], label: string, known?: readonly string[]) => (
    <Field
      key={`${name} ${setting(name)}`}
      label={label}
      value={setting(name)}
      known={known}
      change={(value) => narrow({ [name]: value.trim() })}
    />
  )
  const isSet = filterNames.some((name) => query.has(name))
  return (
    <search class="card" aria-label="Filters">
      <div class="filters">
        {line('model', 'Model', models)}
        {line('target', 'Target')}
        {line('key', 'Key')}
        {line('team', 'Team')}
        {line('endUser', 'End user')}
        <Choice
          label="Outcome"
          value={setting('outcome')}
          choices={[['', 'any'], 'ok', 'error', 'cancelled']}
          change={(outcome) => narrow({ outcome })}
        />
        {line('error', 'Error')}
        <Choice
          label="Duration"
          value={setting('minDurationMs')}
          choices={durations}
          change={(minDurationMs) => narrow({ minDurationMs })}
        />
      </div>
      <details class="rare" open={rare.some((name) => query.has(name))}>
        <summary>More filters</summary>
        <div class="filters">
          {line('provider', 'Provider')}
          {line('user', 'User')}
          {line('session', 'Session')}
          {line('tag', 'Tag (name=value)')}
          {line('purpose', 'Purpose')}
          {line('prompt', 'Prompt')}
        </div>
      </details>
      {isSet && (
        <button
          type="button"
          class="small"
          onClick={() => narrow(Object.fromEntries(filterNames.map((name) => [name, undefined])))}
        >
          Clear filters
        </button>
      )}
    </search>
  )
}
