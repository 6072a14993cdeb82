import { signal } from '@preact/signals'

/** Where the reader is: a page, what of it, and how it is narrowed down; all of it stands behind the # of the address. */
export interface Place {
  readonly page: string
  /** The one thing that is looked at; empty: all. */
  readonly of: string
  readonly query: URLSearchParams
}

const read = (): Place => {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2)
  const [page = '', ...rest] = path.split('/')
  let of = rest.join('/')
  try {
    of = decodeURIComponent(of)
  } catch {
    // Taken as it stands.
  }
  return { page: page === '' ? 'overview' : page, of, query: new URLSearchParams(query) }
}

export const place = signal<Place>(read())
addEventListener('hashchange', () => {
  place.value = read()
})

/** The address of a page. */
export const linkTo = (page: string, of = '', fields: Readonly<Record<string, string | undefined>> = {}): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value !== undefined && value !== '') query.set(name, value)
  const text = query.toString()
  return `#/${page}${of === '' ? '' : `/${encodeURIComponent(of)}`}${text === '' ? '' : `?${text}`}`
}

/** Changes how the present page is narrowed down, without a step in the history. */
export const narrow = (fields: Readonly<Record<string, string | undefined>>): void => {
  const { page, of, query } = place.value
  const all = { ...Object.fromEntries(query), ...fields }
  history.replaceState(null, '', linkTo(page, of, all))
  place.value = read()
}
