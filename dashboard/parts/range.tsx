import { narrow, place } from '../place.ts'
import { type RangeName, ranges } from '../stretches.ts'

/** The stretch that is looked at. */
export const rangeOf = (usual: RangeName = '1h'): RangeName => {
  const wanted = place.value.query.get('range') ?? usual
  return wanted in ranges ? (wanted as RangeName) : usual
}

interface RangeProps {
  readonly usual?: RangeName
  readonly names?: readonly RangeName[]
}

/** Chooses a stretch of time. */
export const Range = ({ usual = '1h', names = ['15m', '1h', '24h', '7d', '30d'] }: RangeProps) => (
  <fieldset class="range">
    <legend class="hidden">Time range</legend>
    {names.map((name) => (
      <button
        key={name}
        type="button"
        aria-pressed={rangeOf(usual) === name}
        title={`The last ${ranges[name].words}`}
        onClick={() => narrow({ range: name })}
      >
        {name}
      </button>
    ))}
  </fieldset>
)
