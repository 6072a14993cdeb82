/** Amounts come as decimal text, as numbers, or with their nano-dollars beside them; unknown is none of these. */
export type Usd = string | number | { readonly usd: string } | null | undefined

/** US dollars exactly, as text; undefined: unknown. */
export const exactUsd = (amount: Usd): string | undefined => {
  if (amount === null || amount === undefined) return undefined
  if (typeof amount === 'object') return amount.usd
  return typeof amount === 'number'
    ? amount.toLocaleString('en', { useGrouping: false, maximumFractionDigits: 9 })
    : amount
}

export const usdNumber = (amount: Usd): number | undefined => {
  const text = exactUsd(amount)
  return text === undefined ? undefined : Number(text)
}

/** US dollars for people: cents from a dollar on, below that three digits that say something. */
export const shortUsd = (amount: Usd): string => {
  const value = usdNumber(amount)
  if (value === undefined || Number.isNaN(value)) return 'unknown'
  if (value === 0) return '$0'
  const size = Math.abs(value)
  const digits = size >= 1 ? 2 : Math.min(9, Math.max(2, 2 - Math.floor(Math.log10(size))))
  const text = size.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: digits })
  return `${value < 0 ? '−' : ''}$${text}`
}

/** A number of things: whole up to 99,999, then with k, M, B. */
export const count = (value: number): string =>
  Math.abs(value) < 100_000
    ? value.toLocaleString('en', { maximumFractionDigits: 1 })
    : value.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 2 })

/** A number of things with their name. */
export const many = (value: number, one: string, more = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : more}`

export const percent = (part: number, whole = 1): string => {
  if (whole === 0) return '–'
  const share = (100 * part) / whole
  const digits = share === 0 || share >= 10 ? (share >= 99.95 || share === 0 ? 0 : 1) : 2
  return `${share.toLocaleString('en', { maximumFractionDigits: digits })}%`
}

/** A length of time for people. */
export const duration = (ms: number): string => {
  if (ms < 1) return `${ms <= 0 ? 0 : ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
  if (ms < 172_800_000) return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} min`
  return `${Math.round(ms / 86_400_000)} days`
}

const kilo = 1_024
export const size = (bytes: number): string => {
  const step = bytes < kilo ? 0 : Math.min(4, Math.floor(Math.log(bytes) / Math.log(kilo)))
  const value = bytes / kilo ** step
  return `${value.toLocaleString('en', { maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1 })} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][step]}`
}

/** Unix milliseconds, or ISO 8601. */
export type Moment = number | string

export const momentMs = (moment: Moment): number => (typeof moment === 'number' ? moment : Date.parse(moment))

const today = (date: Date): boolean => date.toDateString() === new Date().toDateString()

/** In the reader's zone; the date only where it is another day. */
export const shortTime = (moment: Moment): string => {
  const date = new Date(momentMs(moment))
  if (Number.isNaN(date.getTime())) return '–'
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  if (today(date)) return time
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : 'numeric'
  return `${date.toLocaleDateString([], { day: 'numeric', month: 'short', year })}, ${time}`
}

/** The very moment, with its zone. */
export const exactTime = (moment: Moment): string => {
  const date = new Date(momentMs(moment))
  if (Number.isNaN(date.getTime())) return ''
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return `${date.toLocaleString([], { dateStyle: 'full', timeStyle: 'long' })} (${zone}) = ${date.toISOString()}`
}

/** How far away a moment is, for people. */
export const distance = (moment: Moment, now = Date.now()): string => {
  const ms = momentMs(moment) - now
  return ms >= 0 ? `in ${duration(ms)}` : `${duration(-ms)} ago`
}
