import type { LiveState } from '../live.ts'
import { Badge, type Tone } from './values.tsx'

const looks: Readonly<Record<LiveState, readonly [Tone, string]>> = {
  connecting: ['plain', 'Connecting'],
  live: ['good', 'Live'],
  paused: ['plain', 'Paused'],
  lost: ['bad', 'Connection lost, trying again'],
}

interface LiveBadgeProps {
  readonly state: LiveState
  readonly isPaused: boolean
  readonly toggle: () => void
}

/** Is what is shown up to date? And a way to hold it still. */
export const LiveBadge = ({ state, isPaused, toggle }: LiveBadgeProps) => {
  const [tone, words] = looks[state]
  return (
    <span class="row">
      <span role="status">
        <Badge tone={tone}>{words}</Badge>
      </span>
      <button type="button" class="small" aria-pressed={isPaused} onClick={toggle}>
        {isPaused ? 'Go on' : 'Pause'}
      </button>
    </span>
  )
}
