import * as z from 'zod'
import { durationMs, durationPattern, durationText, longestMs } from './durations.ts'
import { percentPattern, percentShare, sizeBytes, sizePattern } from './sizes.ts'

/** What an editor and the reference page say of a field. `title` is its type in words. */
export interface About {
  readonly description: string
  readonly examples?: readonly unknown[]
}

/** An editor sees the file before references to the environment are replaced: they may stand wherever text may. */
export const orReference = (pattern: string): RegExp => new RegExp(`^(?:${pattern}|.*\\$\\{.*)$`)

/** Any text that is not empty. */
export const text = (about: About, title = 'text') =>
  z
    .string({ error: 'expected text' })
    .min(1, { error: 'must not be empty' })
    .meta({ title, ...about })

/** Names and headers travel in HTTP, logs and metrics: one line without control characters. */
export const name = (about: About) =>
  z
    .string({ error: 'expected a name' })
    .regex(/^\P{Cc}{1,200}$/u, { error: 'expected a name of 1 to 200 characters without control characters' })
    .meta({ title: 'name', ...about })

interface Range {
  readonly least: number
  readonly most: number
}

const numeric = '-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?'

/** A number, or text that is one, since references to the environment give text. */
const numberOrText = (inner: z.ZodNumber, error: string) =>
  z.union(
    [
      inner,
      z
        .string({ error })
        .regex(orReference(numeric), { error })
        .transform((value) => (value.trim() === '' ? Number.NaN : Number(value)))
        .pipe(inner),
    ],
    { error },
  )

/** A whole number within bounds. */
export const whole = ({ least, most }: Range, about: About) => {
  const error = `expected a whole number from ${least} to ${most}`
  const inner = z.int({ error }).min(least, { error }).max(most, { error })
  return numberOrText(inner, error).meta({ title: 'whole number', ...about })
}

/** A number within bounds; without an upper one where `most` is infinite. */
export const number = ({ least, most }: Range, about: About) => {
  const error = Number.isFinite(most)
    ? `expected a number from ${least} to ${most}`
    : `expected a number from ${least} up`
  const bounded = z.number({ error }).min(least, { error })
  const inner = Number.isFinite(most) ? bounded.max(most, { error }) : bounded
  return numberOrText(inner, error).meta({ title: 'number', ...about })
}

/** True or false. */
export const flag = (about: About) => {
  const error = 'expected true or false'
  const written = z
    .string({ error })
    .regex(orReference('true|false'), { error })
    .transform((value, context) => {
      if (value === 'true' || value === 'false') return value === 'true'
      context.addIssue({ code: 'custom', message: error })
      return z.NEVER
    })
  return z.union([z.boolean({ error }), written], { error }).meta({ title: 'true or false', ...about })
}

/** A duration such as `10s`, in milliseconds once read. */
export const duration = (about: About, range: Range = { least: 1, most: longestMs }) => {
  const error = 'expected a duration with its unit, such as 250ms, 10s, 5m or 1h'
  return z
    .string({ error })
    .regex(orReference(durationPattern), { error })
    .transform((value, context) => {
      const ms = durationMs(value)
      if (ms !== undefined && ms >= range.least && ms <= range.most) return ms
      const bounds = `from ${durationText(range.least)} to ${durationText(range.most - (range.most % 3_600_000))}`
      context.addIssue({ code: 'custom', message: ms === undefined ? error : `expected a duration ${bounds}` })
      return z.NEVER
    })
    .meta({ title: 'duration', ...about })
}

/** A size such as `32MiB`, in bytes once read; a number counts bytes. */
export const size = ({ least, most }: Range, about: About) => {
  const error = `expected a size such as 512KiB or 32MiB, from ${least} to ${most} bytes`
  const inner = z.int({ error }).min(least, { error }).max(most, { error })
  const written = z
    .string({ error })
    .regex(orReference(sizePattern), { error })
    .transform((value) => sizeBytes(value) ?? Number.NaN)
    .pipe(inner)
  return z.union([inner, written], { error }).meta({ title: 'size', ...about })
}

/** A part of a whole: a number from 0 to 1 or a percentage; a number from 0 to 1 once read. */
export const share = (about: About) => {
  const error = 'expected a share: a number from 0 to 1, or a percentage such as 5%'
  const inner = z.number({ error }).min(0, { error }).max(1, { error })
  const written = z
    .string({ error })
    .regex(orReference(`${percentPattern}|${numeric}`), { error })
    .transform((value) => percentShare(value) ?? Number(value))
    .pipe(inner)
  return z.union([inner, written], { error }).meta({ title: 'share', ...about })
}

const momentPattern = '\\d{4}-\\d{2}-\\d{2}(?:T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,3})?)?(?:Z|[+-]\\d{2}:\\d{2}))?'

/** A moment such as `2027-01-31` or `2027-01-31T12:00:00Z`, in Unix milliseconds once read. */
export const moment = (about: About) => {
  const error = 'expected a date such as 2027-01-31, or a time with its zone such as 2027-01-31T12:00:00Z'
  return z
    .string({ error })
    .regex(orReference(momentPattern), { error })
    .transform((written, context) => {
      const ms = Date.parse(written)
      // A day that no month has would otherwise be one of the next.
      if (Number.isFinite(ms) && isDay(written.slice(0, 10))) return ms
      context.addIssue({ code: 'custom', message: error })
      return z.NEVER
    })
    .meta({ title: 'date', ...about })
}

const isDay = (day: string): boolean => {
  const ms = Date.parse(day)
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day)
}

/** One of some words. */
export const choice = <const Word extends string>(words: readonly Word[], about: About) =>
  z.enum(words, { error: `expected one of ${words.join(', ')}` }).meta({ title: 'word', ...about })

/** A map with known fields: any other is a mistake. */
export const section = <Shape extends z.ZodRawShape>(shape: Shape, about: About) =>
  z.strictObject(shape, { error: 'expected a map' }).meta({ title: 'map', ...about })

/** A list. */
export const list = <Item extends z.ZodType>(item: Item, about: About) =>
  z.array(item, { error: 'expected a list' }).meta({ title: 'list', ...about })

/** A map from names of the reader's choice. */
export const named = <Value extends z.ZodType>(value: Value, about: About) =>
  z.record(z.string(), value, { error: 'expected a map' }).meta({ title: 'map', ...about })

/** One of something, or several at once. */
export const oneOrMore = <Item extends z.ZodType>(item: Item, about: About, title: string) =>
  z
    .union([item, list(item, { description: 'Several at once.' })], { error: `expected a ${title}, or a list of them` })
    .meta({ title: `${title}, or a list`, ...about })
