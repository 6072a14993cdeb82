import { count, duration } from '../format.ts'
import { Card } from '../parts/card.tsx'
import { Facts } from '../parts/facts.tsx'
import { Badge, Money, type Tone } from '../parts/values.tsx'
import { linkTo } from '../place.ts'
import type { Told } from './playground-run.ts'

const looks: Readonly<Record<Told['state'], readonly [Tone, string]>> = {
  asking: ['plain', 'asking'],
  answering: ['accent', 'answering'],
  done: ['good', 'done'],
  failed: ['bad', 'failed'],
  stopped: ['warn', 'stopped'],
}

/** What a model said, as text and nothing else, and what that took. */
export const Answer = ({ model, told }: { readonly model: string; readonly told: Told }) => {
  const [tone, words] = looks[told.state]
  const badge = (
    <span role="status">
      <Badge tone={tone}>{words}</Badge>
    </span>
  )
  return (
    <Card title={model} actions={badge}>
      <div class="stack">
        {told.problem !== undefined && (
          <p class="failure" role="alert">
            {told.problem}
          </p>
        )}
        <p class="said" data-figure="answer">
          {told.text || <span class="muted">{told.state === 'done' ? 'It said nothing.' : '…'}</span>}
        </p>
        <Facts
          facts={[
            ['Target', told.target],
            ['First token', told.firstTokenMs !== undefined && duration(told.firstTokenMs)],
            ['Duration', told.durationMs !== undefined && duration(told.durationMs)],
            [
              'Tokens',
              told.inputTokens !== undefined && `${count(told.inputTokens)} in, ${count(told.outputTokens ?? 0)} out`,
            ],
            ['Cost', told.state === 'done' && <Money amount={told.costUsd} />],
            ['Ended with', told.finish],
            ['Memory', told.cache],
            ['Attempts', told.attempts],
            [
              'Call',
              told.id && told.state !== 'asking' && told.state !== 'answering' && (
                <a href={linkTo('calls', told.id)}>{told.id}</a>
              ),
            ],
          ]}
        />
      </div>
    </Card>
  )
}
