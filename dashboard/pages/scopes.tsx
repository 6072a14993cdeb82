import { useState } from 'preact/hooks'
import { ask } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Field, textIn } from '../parts/fields.tsx'
import { Head } from '../parts/head.tsx'
import { Empty, Show } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { toast } from '../parts/toast.tsx'
import { None } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import { session } from '../session.ts'
import type { PageOf } from '../types.ts'
import { useLoad } from '../use-load.ts'

const kinds = {
  org: { path: '/orgs', title: 'Orgs', above: undefined },
  team: { path: '/teams', title: 'Teams', above: 'org' },
  user: { path: '/users', title: 'Users', above: 'team' },
} as const

type Kind = keyof typeof kinds

interface Scope {
  readonly name: string
  readonly org?: string
  readonly team?: string
  readonly declared: boolean
}

/** Organisations, teams and users: who belongs to whom. */
export const Scopes = () => (
  <>
    <Head title="Orgs, teams and users" />
    <div class="grid">
      {(Object.keys(kinds) as Kind[]).map((kind) => (
        <KindCard key={kind} kind={kind} />
      ))}
    </div>
  </>
)

const KindCard = ({ kind }: { readonly kind: Kind }) => {
  const { path, title, above } = kinds[kind]
  const [isAdding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Scope>()
  const scopes = useLoad<PageOf<Scope>>(`${path}?limit=1000`)
  const mayWrite = session.value?.mayWrite ?? false
  const add = async (fields: FormData): Promise<void> => {
    const name = textIn(fields, 'name') ?? ''
    const body = above === undefined ? {} : { [above]: textIn(fields, above) }
    await ask(`${path}/${encodeURIComponent(name)}`, { method: 'PUT', body })
    toast(`${name} is written down.`)
    scopes.reload()
  }
  const remove = async (): Promise<void> => {
    await ask(`${path}/${encodeURIComponent(leaving?.name ?? '')}`, { method: 'DELETE' })
    toast(`${leaving?.name} is deleted.`)
    scopes.reload()
  }
  const button = mayWrite && (
    <button type="button" class="small" onClick={() => setAdding(true)}>
      Add {kind}
    </button>
  )
  return (
    <Card title={title} actions={button}>
      <Show of={scopes}>
        {({ data }) =>
          data.length === 0 ? (
            <Empty title={`No ${kind} is written down.`}>
              <p>Keys may name any {kind} until the first one is.</p>
            </Empty>
          ) : (
            <Table
              caption={title}
              rows={data}
              keyOf={({ name }) => name}
              columns={[
                {
                  title: 'Name',
                  cell: ({ name }) => (
                    <a class="break" href={linkTo('calls', '', { [kind]: name })}>
                      {name}
                    </a>
                  ),
                },
                ...(above === undefined
                  ? []
                  : [{ title: `Its ${above}`, cell: (scope: Scope) => scope[above] ?? <None /> }]),
                {
                  title: 'Actions',
                  cell: (scope) =>
                    scope.declared ? (
                      <small class="muted">in the configuration</small>
                    ) : mayWrite ? (
                      <button
                        type="button"
                        class="small"
                        aria-label={`Delete ${scope.name}`}
                        onClick={() => setLeaving(scope)}
                      >
                        Delete
                      </button>
                    ) : (
                      <None />
                    ),
                },
              ]}
            />
          )
        }
      </Show>
      {isAdding && (
        <Confirm
          title={`Add ${kind === 'org' ? 'an' : 'a'} ${kind}`}
          action="Save"
          close={() => setAdding(false)}
          act={add}
        >
          <Field label="Name" name="name" isRequired />
          {above && <Field label={`Its ${above}`} name={above} />}
        </Confirm>
      )}
      {leaving && (
        <Confirm
          title={`Delete ${leaving.name}`}
          action="Delete"
          isGrave
          close={() => setLeaving(undefined)}
          act={remove}
        >
          <p>This works only while nothing belongs to it.</p>
        </Confirm>
      )}
    </Card>
  )
}
