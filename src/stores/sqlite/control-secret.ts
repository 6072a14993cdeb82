import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { GatewayError } from '../../core/errors.ts'

const size = 32

/**
 * The random bytes in a file that nobody else may read, made when it is not there. Processes that start at the same time
 * get the same ones: the file appears complete, once. Fails with `store_unavailable`.
 */
export const readSecret = async (path: string): Promise<Uint8Array> => {
  try {
    const secret = (await existing(path)) ?? (await made(path))
    if (secret.length === size) return secret
  } catch (cause) {
    throw new GatewayError('store_unavailable', `The secret of the store in ${path} cannot be read or made.`, { cause })
  }
  throw new GatewayError('store_unavailable', `${path} does not hold the ${size} bytes that keys of this store need.`)
}

const codeOf = (thrown: unknown): unknown => (thrown as { code?: unknown } | undefined)?.code

const existing = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    return new Uint8Array(await readFile(path))
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined
    throw thrown
  }
}

const made = async (path: string): Promise<Uint8Array> => {
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(randomBytes(size))
      await file.sync()
    } finally {
      await file.close()
    }
    await linked(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
  return new Uint8Array(await readFile(path))
}

/** Linking, unlike renaming, fails when another process was first; its file then counts. */
const linked = async (draft: string, path: string): Promise<void> => {
  try {
    await link(draft, path)
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw thrown
  }
}
