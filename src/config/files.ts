import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from './complaints.ts'
import type { Environment } from './expand.ts'

/** The text of a configuration, and the name of its file where it has one. */
export interface SourceText {
  readonly file: string | undefined
  readonly text: string
}

interface Places {
  readonly file?: string | undefined
  readonly environment: Environment
  readonly directory?: string | undefined
}

const usualNames = ['tollgate.yaml', 'tollgate.yml', 'tollgate.json'] as const

/** The text of the first configuration there is, or undefined. A named file must exist. Throws a ConfigError. */
export const findText = async ({ file, environment, directory }: Places): Promise<SourceText | undefined> => {
  const named = file ?? (environment.TOLLGATE_CONFIG || undefined)
  if (named !== undefined) {
    const text = await readText(named)
    if (text !== undefined) return { file: named, text }
    const from = file === undefined ? ' (named by the environment variable TOLLGATE_CONFIG)' : ''
    throw refusal(named, `there is no such file${from}`)
  }
  for (const name of usualNames) {
    const path = directory === undefined ? name : join(directory, name)
    const text = await readText(path)
    if (text !== undefined) return { file: path, text }
  }
  return undefined
}

/** A text without the byte order mark that some editors put before it. Throws a ConfigError when it is too long. */
export const tidy = ({ file, text }: SourceText): string => {
  if (text.length > largestBytes) throw refusal(file, tooLarge)
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

const largestBytes = 1024 * 1024
const tooLarge = 'is larger than 1 MiB, which no configuration should be'

const refusal = (file: string | undefined, problem: string): ConfigError =>
  new ConfigError([{ file, path: '', problem }])

/** Undefined when there is no such file. */
const readText = async (file: string): Promise<string | undefined> => {
  let bytes: Buffer
  try {
    bytes = await readAtMost(file, largestBytes + 1)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT') return undefined
    throw refusal(file, code === 'EISDIR' ? 'is a folder, not a file' : `cannot be read (${code ?? error})`)
  }
  if (bytes.length > largestBytes) throw refusal(file, tooLarge)
  return decode(bytes, file)
}

const readAtMost = async (file: string, most: number): Promise<Buffer> => {
  await using handle = await open(file)
  const buffer = Buffer.alloc(most)
  let filled = 0
  while (filled < most) {
    const { bytesRead } = await handle.read(buffer, filled, most - filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

const decode = (bytes: Buffer, file: string): string => {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (wide) throw refusal(file, 'is UTF-16; save it as UTF-8')
  if (bytes.includes(0)) throw refusal(file, 'is not a text file')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refusal(file, 'is not UTF-8 text')
  }
}
