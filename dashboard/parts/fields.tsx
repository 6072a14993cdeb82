import { useId } from 'preact/hooks'

interface FieldProps {
  readonly label: string
  readonly name?: string
  readonly value?: string | undefined
  readonly hint?: string | undefined
  readonly type?: 'text' | 'number' | 'password' | 'datetime-local' | undefined
  readonly isRequired?: boolean
  readonly placeholder?: string
  /** Values to choose from; others can be written too. */
  readonly known?: readonly string[] | undefined
  readonly change?: (value: string) => void
}

/** A line to write in, under its label. */
export const Field = ({
  label,
  name,
  value,
  hint,
  type = 'text',
  isRequired = false,
  placeholder,
  known,
  change,
}: FieldProps) => {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type as 'text'}
        defaultValue={value}
        placeholder={placeholder}
        required={isRequired}
        autocomplete="off"
        spellcheck={false}
        list={known ? `${id}-known` : undefined}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={change && ((event) => change(event.currentTarget.value))}
      />
      {known && (
        <datalist id={`${id}-known`}>
          {known.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      {hint !== undefined && (
        <small id={`${id}-hint`} class="muted">
          {hint}
        </small>
      )}
    </div>
  )
}

interface ChoiceProps {
  readonly label: string
  readonly name?: string
  readonly value?: string | undefined
  /** Value and words of each; the words are the value where there are none. */
  readonly choices: readonly (string | readonly [value: string, words: string])[]
  readonly change?: (value: string) => void
}

/** One of few. */
export const Choice = ({ label, name, value, choices, change }: ChoiceProps) => {
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} value={value} onChange={change && ((event) => change(event.currentTarget.value))}>
        {choices.map((choice) => {
          const [key, words] = typeof choice === 'string' ? [choice, choice] : choice
          return (
            <option key={key} value={key}>
              {words}
            </option>
          )
        })}
      </select>
    </div>
  )
}

/** The text of a form's field; undefined: it is empty. */
export const textIn = (fields: FormData, name: string): string | undefined => {
  const value = fields.get(name)
  const text = typeof value === 'string' ? value.trim() : ''
  return text === '' ? undefined : text
}

/** A list that is written with commas between; undefined: it is empty. */
export const listIn = (fields: FormData, name: string): string[] | undefined =>
  textIn(fields, name)
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
