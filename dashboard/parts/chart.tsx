import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { exactTime, shortTime } from '../format.ts'
import type { ChartProps, Series } from './chart-series.ts'
import { Plot } from './plot.tsx'
import { Table } from './table.tsx'

const sumOf = ({ values }: Series): number => values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
const lastOf = ({ values }: Series): number | null => values.findLast((value) => value !== null) ?? null

/** A chart over time, with its figures as a table beside it. */
export const Chart = (props: ChartProps) => {
  const { title, moments, series, format, kind, total } = props
  const place = useRef<HTMLElement>(null)
  const [width, setWidth] = useState(0)
  const [pointed, setPointed] = useState<number>()
  useEffect(() => {
    if (!place.current) return
    const watching = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    watching.observe(place.current)
    return () => watching.disconnect()
  }, [])
  const told = (each: Series, index: number): ComponentChildren => {
    const value =
      pointed === undefined ? (kind === 'bars' ? sumOf(each) : lastOf(each)) : (each.values[pointed] ?? null)
    if (pointed === undefined && total) return total(each, index)
    return value === null ? '–' : format(value)
  }
  const moment = pointed === undefined ? undefined : moments[pointed]
  return (
    <figure class="chart" ref={place}>
      <div class="room">{width > 0 && <Plot {...props} width={width} pointed={pointed} point={setPointed} />}</div>
      <figcaption>
        <ul>
          {series.map((each, index) => (
            <li key={each.label}>
              <span class={`swatch c-${each.colour}`} /> {each.label} <b class="num">{told(each, index)}</b>
            </li>
          ))}
          <li class="muted num">
            {moment === undefined ? (kind === 'bars' || total ? 'in all' : 'latest') : shortTime(moment)}
          </li>
        </ul>
        <Figures title={title} moments={moments} series={series} format={format} />
      </figcaption>
    </figure>
  )
}

type FiguresProps = Pick<ChartProps, 'title' | 'moments' | 'series' | 'format'>

/** The same as a table, made only when somebody opens it. */
const Figures = ({ title, moments, series, format }: FiguresProps) => {
  const [isOpen, setOpen] = useState(false)
  const rows = moments.map((at, index) => ({ at, index }))
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Figures as a table</summary>
      {isOpen && (
        <Table
          caption={title}
          rows={rows.reverse()}
          keyOf={({ at }) => String(at)}
          columns={[
            { title: 'Time', cell: ({ at }) => <time title={exactTime(at)}>{shortTime(at)}</time> },
            ...series.map(({ label, values }) => ({
              title: label,
              isNumber: true,
              cell: ({ index }: { index: number }) => {
                const value = values[index] ?? null
                return value === null ? '–' : format(value)
              },
            })),
          ]}
        />
      )}
    </details>
  )
}
