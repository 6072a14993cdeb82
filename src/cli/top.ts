import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isObject, type JsonObject } from '../core/json.ts'
import { type AdminDoor, type DoorOptions, openDoor } from './admin-door.ts'
import { print, printJson } from './output.ts'
import { type Frame, frameText } from './top-frame.ts'

export interface TopOptions extends DoorOptions {
  readonly once?: boolean
  readonly json?: boolean
}

/** Sums are asked for as often; what happens comes each second by itself. */
const sumsMs = 5_000

/** Shows what a server does, anew each second, until q or Ctrl-C; once where nobody could look twice. */
export const top = async (options: TopOptions): Promise<void> => {
  const door = openDoor(options)
  if (options.once || options.json || !process.stdout.isTTY) return showOnce(door, options)
  const leaving = new AbortController()
  const leave = (): void => leaving.abort()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave)
  const restore = listenToKeys(leave)
  process.stdout.write('\x1b[?1049h\x1b[?25l')
  try {
    await draw(door, leaving.signal)
  } finally {
    process.stdout.write('\x1b[?25h\x1b[?1049l')
    restore()
  }
}

const showOnce = async (door: AdminDoor, { json }: TopOptions): Promise<void> => {
  const leaving = new AbortController()
  const [sums, tick] = await Promise.all([door.read('/overview'), firstTick(door, leaving.signal)])
  leaving.abort()
  if (json) printJson({ tick, overview: sums })
  else print(frameText({ tick, sums }, { rows: Number.POSITIVE_INFINITY, columns: process.stdout.columns ?? 100 }))
}

const firstTick = async (door: AdminDoor, signal: AbortSignal): Promise<JsonObject> => {
  for await (const { event, data } of door.follow('/live?calls=0', signal)) {
    const value: unknown = event === 'tick' ? JSON.parse(data) : undefined
    if (isObject(value)) return value
  }
  return {}
}

const draw = async (door: AdminDoor, signal: AbortSignal): Promise<void> => {
  let frame: Frame = { tick: {}, sums: await door.read('/overview') }
  const asking = (async () => {
    while (!signal.aborted) {
      await sleep(sumsMs, undefined, { signal }).catch(() => {})
      if (!signal.aborted) frame = { ...frame, sums: await door.read('/overview') }
    }
  })().catch(() => {})
  for await (const { event, data } of door.follow('/live?calls=0', signal)) {
    const value: unknown = JSON.parse(data)
    if (event !== 'tick' || !isObject(value)) continue
    frame = { ...frame, tick: value }
    const { columns, rows } = process.stdout
    const lines = frameText(frame, { columns, rows: rows - 1 }).split('\n')
    // Each line is cleared behind its end, and what is left below it, so that nothing flickers.
    process.stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join('\n')}\x1b[J`)
  }
  await asking
}

/** Gives what puts the terminal back as it was. */
const listenToKeys = (leave: () => void): (() => void) => {
  const { stdin } = process
  if (!stdin.isTTY) return () => {}
  const hear = (key: Buffer): void => {
    if (['q', 'Q', '\x03', '\x04'].includes(key.toString())) leave()
  }
  stdin.setRawMode(true)
  stdin.on('data', hear).resume()
  return () => {
    stdin.off('data', hear).pause()
    stdin.setRawMode(false)
  }
}
