import type { ComponentChildren } from 'preact'

interface CardProps {
  readonly title: string
  /** At the right of the title. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
  /** Takes the whole width. */
  readonly isWide?: boolean
}

/** A part of a page, under a heading of its own. */
export const Card = ({ title, actions, children, isWide = false }: CardProps) => (
  <section class={isWide ? 'card wide' : 'card'} aria-label={title}>
    <header>
      <h2>{title}</h2>
      {actions}
    </header>
    {children}
  </section>
)

interface FigureProps {
  readonly label: string
  readonly value: ComponentChildren
  /** A second line, smaller. */
  readonly note?: ComponentChildren
  readonly tone?: 'warn' | 'bad' | undefined
  /** Marks it for programs that read the page. */
  readonly id?: string | undefined
}

/** One number, and what it is. */
export const Figure = ({ label, value, note, tone, id }: FigureProps) => (
  <div class={`figure ${tone ?? ''}`}>
    <dt>{label}</dt>
    <dd data-figure={id}>{value}</dd>
    {note !== undefined && <dd class="note">{note}</dd>}
  </div>
)

interface FiguresProps {
  readonly children: ComponentChildren
  /** At most so many in a row. Default: as many as there is room for. */
  readonly most?: number
}

/** Numbers in a row. */
export const Figures = ({ children, most }: FiguresProps) => (
  <dl class="figures" style={most === undefined ? undefined : { '--least': `${Math.floor(90 / most)}%` }}>
    {children}
  </dl>
)
