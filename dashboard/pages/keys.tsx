import { useState } from 'preact/hooks'
import { ask, queryOf } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Choice, Field, textIn } from '../parts/fields.tsx'
import { Head } from '../parts/head.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { toast } from '../parts/toast.tsx'
import { Badge, None, Time } from '../parts/values.tsx'
import { linkTo, narrow, place } from '../place.ts'
import { session } from '../session.ts'
import type { PageOf } from '../types.ts'
import { useLoad } from '../use-load.ts'
import { type Key, KeyForm, Secret } from './key-form.tsx'

type Doing = { readonly what: 'create' } | { readonly what: 'change' | 'rotate' | 'revoke'; readonly key: Key }

/** Virtual keys: who may ask, for what. */
export const Keys = () => {
  const [doing, setDoing] = useState<Doing>()
  const [secret, setSecret] = useState<string>()
  const state = place.value.query.get('state') ?? 'active'
  const keys = useLoad<PageOf<Key>>(`/keys${queryOf({ limit: 1_000, state: state === 'all' ? undefined : state })}`)
  const mayWrite = session.value?.mayWrite ?? false
  const done = (text: string): void => {
    toast(text)
    keys.reload()
  }
  return (
    <>
      <Head title="Keys">
        <div class="by">
          <Choice
            label="State"
            value={state}
            choices={['active', 'expired', 'revoked', 'all']}
            change={(value) => narrow({ state: value })}
          />
        </div>
        {mayWrite && (
          <button type="button" class="main" onClick={() => setDoing({ what: 'create' })}>
            Create key
          </button>
        )}
      </Head>
      <Card title="Virtual keys">
        <Show of={keys}>
          {({ data, next }) =>
            data.length === 0 ? (
              <Empty
                title={`There are no ${state === 'all' ? '' : `${state} `}keys.`}
                command="npx tollgate keys create web --team shop"
              >
                <p>
                  As long as nobody ever had a key, everybody on this machine is let in. Create one here, or in a
                  terminal:
                </p>
              </Empty>
            ) : (
              <>
                <KeysTable keys={data} act={mayWrite ? setDoing : undefined} />
                {next && <p class="muted">Only the first 1,000 are shown; GET /admin/api/keys has them all.</p>}
              </>
            )
          }
        </Show>
      </Card>
      {doing && <Act doing={doing} close={() => setDoing(undefined)} done={done} show={setSecret} />}
      {secret !== undefined && <Secret secret={secret} close={() => setSecret(undefined)} />}
    </>
  )
}

interface KeysTableProps {
  readonly keys: readonly Key[]
  /** Undefined: nothing may be changed. */
  readonly act: ((doing: Doing) => void) | undefined
}

const tones = { active: 'good', expired: 'warn', revoked: 'plain' } as const

const KeysTable = ({ keys, act }: KeysTableProps) => (
  <Table
    caption="Virtual keys by name"
    rows={keys}
    keyOf={({ name }) => name}
    columns={[
      {
        title: 'Name',
        cell: ({ name }) => (
          <a class="break" href={linkTo('calls', '', { key: name })}>
            {name}
          </a>
        ),
      },
      { title: 'Shown', cell: ({ shown }) => <code>{shown}</code> },
      { title: 'State', cell: ({ state }) => <Badge tone={tones[state]}>{state}</Badge> },
      { title: 'Team', cell: ({ team }) => team ?? <None /> },
      { title: 'User', cell: ({ user }) => user ?? <None /> },
      {
        title: 'Models',
        cell: ({ models }) => (models ? <span class="break">{models.join(', ') || 'no model'}</span> : 'all'),
      },
      { title: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
      { title: 'Expires', cell: ({ expiresAt }) => (expiresAt ? <Time at={expiresAt} /> : 'never') },
      { title: 'Actions', cell: (key) => <Actions of={key} act={act} /> },
    ]}
  />
)

const Actions = ({ of, act }: { readonly of: Key; readonly act: KeysTableProps['act'] }) => {
  if (of.declared) return <small class="muted">in the configuration</small>
  if (!act || of.state === 'revoked') return <None />
  const button = (what: 'change' | 'rotate' | 'revoke', words: string) => (
    <button type="button" class="small" aria-label={`${words} ${of.name}`} onClick={() => act({ what, key: of })}>
      {words}
    </button>
  )
  return (
    <span class="row tight nowrap">
      {button('change', 'Edit')}
      {button('rotate', 'Rotate')}
      {button('revoke', 'Revoke')}
    </span>
  )
}

interface ActProps {
  readonly doing: Doing
  readonly close: () => void
  readonly done: (text: string) => void
  readonly show: (secret: string) => void
}

const Act = ({ doing, close, done, show }: ActProps) => {
  if (doing.what === 'create') return <KeyForm close={close} done={done} show={show} />
  const { key, what } = doing
  if (what === 'change') return <KeyForm of={key} close={close} done={done} show={show} />
  const path = `/keys/${encodeURIComponent(key.name)}`
  if (what === 'rotate') {
    const rotate = async (fields: FormData): Promise<void> => {
      const body = { overlap: textIn(fields, 'overlap') }
      const { secret } = await ask<{ secret: string }>(`${path}/rotate`, { method: 'POST', body })
      done(`${key.name} has a new secret.`)
      show(secret)
    }
    return (
      <Confirm title={`Rotate ${key.name}`} action="Rotate" close={close} act={rotate}>
        <p>The key gets a new secret, shown once. The old one works on for a while, so that nothing breaks.</p>
        <Field
          label="The old secret works on for"
          name="overlap"
          value="1h"
          hint="Such as 10m, 1h, 1d; 0s: it ends at once."
        />
      </Confirm>
    )
  }
  const revoke = async (): Promise<void> => {
    await ask(`${path}/revoke`, { method: 'POST', body: {} })
    done(`${key.name} is revoked.`)
  }
  return (
    <Confirm title={`Revoke ${key.name}`} action="Revoke for ever" isGrave close={close} act={revoke}>
      <p>Whoever uses it is refused from now on. This cannot be undone.</p>
    </Confirm>
  )
}
