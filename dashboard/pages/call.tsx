import type { Bodies, CallEntry } from '../call-types.ts'
import { duration } from '../format.ts'
import { Card, Figure, Figures } from '../parts/card.tsx'
import { Copy } from '../parts/copy.tsx'
import { Facts } from '../parts/facts.tsx'
import { Head } from '../parts/head.tsx'
import { Command, Empty, Show } from '../parts/states.tsx'
import { Badge, Money, Time } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import { useLoad } from '../use-load.ts'
import { Attempts } from './call-attempts.tsx'
import { Tokens } from './call-tokens.tsx'
import { CallsTable, Outcome } from './calls-table.tsx'
import { sentencesOf } from './decisions.ts'

/** Everything that is known of one call. */
export const Call = ({ id }: { readonly id: string }) => {
  const told = useLoad<CallEntry>(`/calls/${encodeURIComponent(id)}`)
  return (
    <>
      <Head
        title={
          <>
            Call <code class="break">{id}</code>
          </>
        }
      >
        <Copy text={id} label="Copy id" />
        <a href="#/calls">All calls</a>
      </Head>
      <Show of={told}>{(call) => <Told call={call} />}</Show>
    </>
  )
}

const isEstimated = ({ usage, attempts }: CallEntry): boolean =>
  [usage, ...attempts.map((attempt) => attempt.usage)].some((each) => each?.source === 'estimated')

const Told = ({ call }: { readonly call: CallEntry }) => (
  <div class="stack">
    <Figures>
      <Figure label="Outcome" value={<Outcome {...call} />} note={call.finishes.join(', ') || undefined} />
      <Figure
        id="duration"
        label="Duration"
        value={duration(call.durationMs)}
        note={call.queuedMs ? `${duration(call.queuedMs)} of it waited` : undefined}
      />
      <Figure label="First token" value={typeof call.firstTokenMs === 'number' ? duration(call.firstTokenMs) : '–'} />
      <Figure
        id="cost"
        label="Cost"
        value={<Money amount={call.costUsd} isEstimated={isEstimated(call)} />}
        note={<Provenance call={call} />}
      />
      <Figure
        label="Attempts"
        value={call.attempts.length}
        note={call.retryCount > 0 ? `the caller's retry ${call.retryCount}` : undefined}
      />
    </Figures>
    <Card title="Time line">
      <Attempts call={call} />
    </Card>
    <div class="grid">
      <Card title="What was decided">
        <Sentences call={call} />
      </Card>
      <Card title="Who asked">
        <Who call={call} />
      </Card>
      <Card title="Tokens and cost">
        <Tokens call={call} />
      </Card>
      <Card title="Feedback">
        <FeedbackList call={call} />
      </Card>
    </div>
    {call.children && call.children.length > 0 && (
      <Card title="Asked by the gateway for this call">
        <CallsTable rows={call.children} caption="Calls of which this one is the parent" isShort />
      </Card>
    )}
    {call.bodies && <Said bodies={call.bodies} />}
  </div>
)

const Said = ({ bodies }: { readonly bodies: Bodies }) => (
  <Card title="What was said">
    <Body title="Request" text={bodies.request} isCut={bodies.isRequestCut} />
    <Body title="Answer" text={bodies.response} isCut={bodies.isResponseCut} />
  </Card>
)

interface BodyProps {
  readonly title: string
  readonly text: string | null
  readonly isCut: boolean
}

const Body = ({ title, text, isCut }: BodyProps) =>
  text === null ? null : (
    <details>
      <summary>
        {title}
        {isCut && ', cut'}
      </summary>
      <pre class="body">{text}</pre>
    </details>
  )

const Provenance = ({ call }: { readonly call: CallEntry }) => {
  if (call.costUsd === null || call.costUsd === undefined) return <>no usage or no price is known of an attempt</>
  if (call.attempts.length === 0) return <>no provider was asked</>
  return isEstimated(call) ? (
    <>tokens estimated, as the answer broke off</>
  ) : (
    <>tokens {call.usage?.source ?? 'measured'}, at the prices in force</>
  )
}

const Sentences = ({ call }: { readonly call: CallEntry }) => {
  const sentences = sentencesOf(call)
  if (sentences.length === 0) return <Empty title="There was nothing to decide." />
  return (
    <ul class="sentences">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  )
}

const Who = ({ call }: { readonly call: CallEntry }) => (
  <Facts
    facts={[
      ['Began', <Time at={call.startedAt} />],
      ['Asked for', call.asked],
      ['Model', <a href={linkTo('calls', '', { model: call.model })}>{call.model}</a>],
      ['Target', call.target],
      ['Language', `${call.wire}, ${call.operation}${call.stream ? ', streamed' : ''}`],
      ['Key', <a href={linkTo('calls', '', { key: call.key })}>{call.key}</a>],
      ['Org', call.org],
      ['Team', call.team],
      ['User', call.user],
      ['End user', call.endUser],
      ['Session', call.session && <a href={linkTo('calls', '', { session: call.session })}>{call.session}</a>],
      ['Tags', call.tags && <Tags tags={call.tags} />],
      ['Purpose', call.purpose],
      ['Parent', call.parent && <a href={linkTo('calls', call.parent)}>{call.parent}</a>],
      ['Prompt', call.prompt && <a href={linkTo('calls', '', { prompt: call.prompt })}>{call.prompt}</a>],
    ]}
  />
)

const Tags = ({ tags }: { readonly tags: Readonly<Record<string, string>> }) => (
  <span class="row tight">
    {Object.entries(tags).map(([name, value]) => (
      <Badge key={name}>
        {name}={value}
      </Badge>
    ))}
  </span>
)

const FeedbackList = ({ call }: { readonly call: CallEntry }) => {
  if (!call.feedback || call.feedback.length === 0) {
    return (
      <Empty title="Nobody has said how good this answer was.">
        <p>Applications tell with the key that asked:</p>
        <Command
          text={`curl ${location.origin}/v1/feedback -H 'authorization: Bearer <key>' \\
  -H 'content-type: application/json' -d '{"call":"${call.id}","score":1}'`}
        />
      </Empty>
    )
  }
  return (
    <ul class="sentences">
      {call.feedback.map(({ at, score, label, comment }, index) => (
        <li key={index}>
          {typeof score === 'number' && <Badge tone={score > 0 ? 'good' : 'bad'}>{String(score)}</Badge>} {label}{' '}
          {comment && <q class="break">{comment}</q>} {at !== undefined && <Time at={at} />}
        </li>
      ))}
    </ul>
  )
}
