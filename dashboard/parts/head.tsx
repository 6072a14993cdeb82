import type { ComponentChildren } from 'preact'

/** The top of a page: what it is, and what narrows it down. */
export const Head = ({
  title,
  children,
}: {
  readonly title: ComponentChildren
  readonly children?: ComponentChildren
}) => (
  <header>
    <h1 tabIndex={-1}>{title}</h1>
    {children !== undefined && <div class="row">{children}</div>}
  </header>
)
