import { ask } from '../api.ts'
import { Confirm } from '../parts/confirm.tsx'
import { Copy } from '../parts/copy.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Choice, Field, listIn, textIn } from '../parts/fields.tsx'
import { useModels } from './use-models.ts'

/** A virtual key, without its secret. */
export interface Key {
  readonly name: string
  readonly shown: string
  readonly org?: string
  readonly team?: string
  readonly user?: string
  readonly models?: readonly string[]
  readonly doors?: readonly string[]
  readonly priority?: string
  readonly weight?: number
  readonly cache?: string
  readonly createdAt?: string
  readonly expiresAt?: string
  readonly state: 'active' | 'expired' | 'revoked'
  readonly declared: boolean
}

interface KeyFormProps {
  /** Undefined: a new one. */
  readonly of?: Key
  readonly close: () => void
  readonly done: (text: string) => void
  readonly show: (secret: string) => void
}

const priorities = ['', 'high', 'normal', 'low'].map((each) => [each, each === '' ? 'as usual' : each] as const)
const caches = ['', 'off', 'exact', 'semantic'].map(
  (each) => [each, each === '' ? 'as the model has it' : each] as const,
)

const localTime = (at: string | undefined): string => {
  if (at === undefined) return ''
  const date = new Date(at)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

const fieldsIn = (fields: FormData) => {
  const expires = textIn(fields, 'expiresAt')
  const weight = textIn(fields, 'weight')
  return {
    org: textIn(fields, 'org'),
    team: textIn(fields, 'team'),
    user: textIn(fields, 'user'),
    models: listIn(fields, 'models'),
    doors: listIn(fields, 'doors'),
    priority: textIn(fields, 'priority'),
    weight: weight === undefined ? undefined : Number(weight),
    cache: textIn(fields, 'cache'),
    expiresAt: expires === undefined ? undefined : new Date(expires).toISOString(),
  }
}

/** Asks for everything a key is. */
export const KeyForm = ({ of, close, done, show }: KeyFormProps) => {
  const models = useModels()
  const save = async (form: FormData): Promise<void> => {
    const fields = fieldsIn(form)
    if (of) {
      const changes = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? null]))
      await ask(`/keys/${encodeURIComponent(of.name)}`, { method: 'PATCH', body: changes })
      done(`${of.name} is changed.`)
      return
    }
    const body = { name: textIn(form, 'name') ?? '', ...fields }
    const { key, secret } = await ask<{ key: Key; secret: string }>('/keys', { method: 'POST', body })
    done(`${key.name} is created.`)
    show(secret)
  }
  return (
    <Confirm title={of ? `Edit ${of.name}` : 'Create a key'} action={of ? 'Save' : 'Create'} close={close} act={save}>
      {!of && <Field label="Name" name="name" isRequired hint="How it is called in reports; not secret." />}
      <div class="pair">
        <Field label="Team" name="team" value={of?.team} />
        <Field label="User" name="user" value={of?.user} />
        <Field label="Org" name="org" value={of?.org} />
        <Field
          label="Expires"
          name="expiresAt"
          type="datetime-local"
          value={localTime(of?.expiresAt)}
          hint="In your zone; empty: never."
        />
      </div>
      <Field
        label="Models"
        name="models"
        value={of?.models?.join(', ')}
        hint={`With commas between; empty: all. There are ${models.join(', ') || 'none by name'}.`}
      />
      <Field
        label="Doors"
        name="doors"
        value={of?.doors?.join(', ')}
        hint="Paths such as /v1/chat/completions; empty: all."
      />
      <div class="pair">
        <Choice label="Most urgent priority" name="priority" value={of?.priority ?? ''} choices={priorities} />
        <Field label="Share where calls wait" name="weight" value={of?.weight === undefined ? '' : String(of.weight)} />
        <Choice label="Answers from memory" name="cache" value={of?.cache ?? ''} choices={caches} />
      </div>
    </Confirm>
  )
}

/** Shows a secret, this once. */
export const Secret = ({ secret, close }: { readonly secret: string; readonly close: () => void }) => (
  <Dialog title="The secret of the key" close={close}>
    <div class="stack">
      <p>It is shown this once and kept nowhere. Copy it now.</p>
      <div class="command">
        <code class="break secret">{secret}</code>
        <Copy text={secret} />
      </div>
      <footer>
        <button type="button" class="main" onClick={close}>
          I have it
        </button>
      </footer>
    </div>
  </Dialog>
)
