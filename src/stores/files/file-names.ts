import { createHash, randomInt } from 'node:crypto'
import { join } from 'node:path'

const form = /^file-([\da-v]{4})[\da-v]{20}$/

/** Files of one owner lie together, and apart from those of its jobs, which are many and never listed. */
const placeOf = (owner: string, purpose: string): string => {
  const digest = createHash('sha256')
    .update(`${purpose === 'job' ? 'job' : 'file'}\n${owner}`)
    .digest()
  return (digest.readUInt32BE() >>> 12).toString(32).padStart(4, '0')
}

let latest = 0

/** Names begin with their place and their time, so that a list is the names of one folder, in their order. */
export const createFileId = (owner: string, purpose: string, now: number): string => {
  latest = Math.max(now, latest + 1)
  const time = latest.toString(32).padStart(9, '0')
  const chance = Array.from({ length: 11 }, () => randomInt(32).toString(32)).join('')
  return `file-${placeOf(owner, purpose)}${time}${chance}`
}

/** The path of a file; undefined for what is no name of one, whatever it is. */
export const pathOf = (folder: string, id: string): string | undefined => {
  const place = form.exec(id)?.[1]
  return place === undefined ? undefined : join(folder, place, id)
}

/** Where the listed files of an owner lie. */
export const folderOf = (folder: string, owner: string): string => join(folder, placeOf(owner, ''))

/** Where uploads lie until they are whole. */
export const incomingOf = (folder: string): string => join(folder, 'incoming')

/** Where it is written down which files end when: one empty file for each, named by its time. */
export const endingsOf = (folder: string): string => join(folder, 'endings')

export const endingName = (id: string, expiresAt: number): string => `${String(expiresAt).padStart(16, '0')}-${id}`

/** What an ending says; undefined for what is none. */
export const readEnding = (name: string): { readonly id: string; readonly expiresAt: number } | undefined => {
  const [, time, id] = /^(\d{16})-(.+)$/.exec(name) ?? []
  return id === undefined ? undefined : { id, expiresAt: Number(time) }
}
