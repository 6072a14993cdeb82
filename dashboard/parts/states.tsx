import type { ComponentChildren } from 'preact'
import type { ApiError } from '../api.ts'
import type { Loaded } from '../use-load.ts'
import { Copy } from './copy.tsx'

/** Something is on its way. */
export const Loading = ({ what = 'Loading' }: { readonly what?: string }) => (
  <p class="loading" role="status">
    {what}…
  </p>
)

/** What went wrong, in the gateway's own words, and a way to try again. */
export const Failure = ({ error, retry }: { readonly error: ApiError; readonly retry?: (() => void) | undefined }) => (
  <div class="failure" role="alert">
    <p>
      {error.message}
      {error.code !== 'unreachable' && <code class="muted"> {error.code}</code>}
    </p>
    {retry && (
      <button type="button" onClick={retry}>
        Try again
      </button>
    )}
  </div>
)

interface EmptyProps {
  readonly title: string
  readonly children?: ComponentChildren
  /** A command that changes it. */
  readonly command?: string | undefined
}

/** Nothing is there, and what to do about it. */
export const Empty = ({ title, children, command }: EmptyProps) => (
  <div class="empty">
    <p>
      <strong>{title}</strong>
    </p>
    {children}
    {command !== undefined && <Command text={command} />}
  </div>
)

/** A command to be run elsewhere. */
export const Command = ({ text }: { readonly text: string }) => (
  <div class="command">
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached by keyboard. */}
    <pre tabIndex={0}>{text}</pre>
    <Copy text={text} />
  </div>
)

interface ShowProps<T> {
  readonly of: Loaded<T>
  readonly children: (data: T) => ComponentChildren
}

/** Shows what was loaded, or why it is not there. What was there before stays while it is loaded again. */
export const Show = <T,>({ of, children }: ShowProps<T>) => (
  <>
    {of.error && <Failure error={of.error} retry={of.reload} />}
    {of.data === undefined ? !of.error && <Loading /> : <div aria-busy={of.isLoading}>{children(of.data)}</div>}
  </>
)
