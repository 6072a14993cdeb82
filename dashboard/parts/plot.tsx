import { useMemo } from 'preact/hooks'
import { type Frame, figuresUpTo, marksWithin, stacked } from './chart-scale.ts'
import type { ChartProps, Series } from './chart-series.ts'

const height = 196
const edges = { left: 58, right: 10, top: 10, bottom: 24 }

interface PlotProps extends Omit<ChartProps, 'total'> {
  /** In pixels. */
  readonly width: number
  /** Which moment somebody points at; undefined: none. */
  readonly pointed: number | undefined
  readonly point: (index: number | undefined) => void
}

/** Where everything stands. */
interface Scales {
  readonly frame: Frame
  readonly xOf: (index: number) => number
  readonly yOf: (value: number) => number
  /** How wide the room of one moment is. */
  readonly band: number
}

const scalesOf = ({ moments, kind, width }: PlotProps, most: number): Scales => {
  const frame = {
    left: edges.left,
    top: edges.top,
    width: Math.max(10, width - edges.left - edges.right),
    height: height - edges.top - edges.bottom,
  }
  const [from = 0, to = 1] = [moments[0], moments.at(-1)]
  const band = frame.width / Math.max(1, moments.length)
  const byTime = (at: number): number => (to > from ? (at - from) / (to - from) : 0.5)
  const inset = kind === 'bars' ? band / 2 : 0
  return {
    frame,
    band,
    xOf: (index) => frame.left + inset + byTime(moments[index] ?? from) * (frame.width - 2 * inset),
    yOf: (value) => frame.top + frame.height * (1 - value / most),
  }
}

/** The picture of a chart. */
export const Plot = (props: PlotProps) => {
  const { title, moments, series, kind, format, width, pointed, point } = props
  const drawn = useMemo(() => {
    const layers = kind === 'bars' ? stacked(series.map(({ values }) => values)) : undefined
    const tops = layers ? (layers.at(-1) ?? []).map(({ to }) => to) : series.flatMap(({ values }) => values)
    const most = tops.reduce<number>((greatest, value) => Math.max(greatest, value ?? 0), 0)
    const figures = figuresUpTo(most, { isWhole: tops.every((value) => Number.isInteger(value ?? 0)) })
    const scales = scalesOf(props, figures.at(-1) ?? 1)
    return {
      scales,
      figures,
      picture: layers ? <Bars {...{ series, layers, scales }} /> : <Lines {...{ series, scales }} />,
    }
  }, [moments, series, kind, width])
  const { scales, figures, picture } = drawn
  const { frame, xOf, yOf } = scales
  const [from = 0, to = 0] = [moments[0], moments.at(-1)]
  const xAt = (at: number): number =>
    to > from ? xOf(0) + ((at - from) / (to - from)) * (xOf(moments.length - 1) - xOf(0)) : xOf(0)
  const move = (event: PointerEvent & { readonly currentTarget: SVGSVGElement }): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left
    const distances = moments.map((_, index) => Math.abs(xOf(index) - x))
    const nearest = distances.indexOf(Math.min(...distances))
    point(nearest < 0 ? undefined : nearest)
  }
  return (
    <svg
      class="plot"
      width={width}
      height={height}
      role="img"
      aria-label={`${title}. Its figures are in the table below it.`}
      onPointerMove={move}
      onPointerLeave={() => point(undefined)}
    >
      {figures.map((value) => (
        <g key={value}>
          <path class="grid-line" d={`M${frame.left} ${Math.round(yOf(value)) + 0.5}h${frame.width}`} />
          <text class="left" x={frame.left - 8} y={yOf(value) + 4}>
            {format(value)}
          </text>
        </g>
      ))}
      {marksWithin(from, to, frame.width).map(({ at, words }) => (
        <text key={at} x={xAt(at)} y={height - 6}>
          {words}
        </text>
      ))}
      {picture}
      {pointed !== undefined && (
        <path class="pointer" d={`M${Math.round(xOf(pointed)) + 0.5} ${frame.top}v${frame.height}`} />
      )}
      {pointed !== undefined &&
        kind === 'lines' &&
        series.map(({ label, values, colour }) => {
          const value = values[pointed] ?? null
          return value === null ? null : (
            <circle key={label} class={`c-${colour}`} cx={xOf(pointed)} cy={yOf(value)} r="3.5" />
          )
        })}
    </svg>
  )
}

interface BarsProps {
  readonly series: readonly Series[]
  readonly layers: ReturnType<typeof stacked>
  readonly scales: Scales
}

/** Each layer is one path, however many moments there are. */
const Bars = ({ series, layers, scales: { xOf, yOf, band } }: BarsProps) => {
  const wide = Math.max(1, Math.min(36, band * 0.78))
  return (
    <>
      {series.map(({ label, colour }, layer) => {
        const bars = (layers[layer] ?? []).map(({ from, to }, index) =>
          to > from
            ? `M${(xOf(index) - wide / 2).toFixed(1)} ${yOf(from).toFixed(1)}V${yOf(to).toFixed(1)}h${wide.toFixed(1)}V${yOf(from).toFixed(1)}z`
            : '',
        )
        return <path key={label} class={`c-${colour}`} d={bars.join('')} />
      })}
    </>
  )
}

const dot = 'm-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0'

/** Lines break where nothing is known; what stands alone is a dot. */
const Lines = ({ series, scales: { xOf, yOf } }: Omit<BarsProps, 'layers'>) => (
  <>
    {series.map(({ label, colour, values }) => {
      const isKnown = (index: number): boolean => (values[index] ?? null) !== null
      const steps = values.map((value, index) => {
        if (value === null) return ''
        const alone = !isKnown(index - 1) && !isKnown(index + 1)
        return `${isKnown(index - 1) ? 'L' : 'M'}${xOf(index).toFixed(1)} ${yOf(value).toFixed(1)}${alone ? dot : ''}`
      })
      return <path key={label} class={`line c-${colour}`} d={steps.join('')} />
    })}
  </>
)
