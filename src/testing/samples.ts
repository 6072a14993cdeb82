import { readdirSync, readFileSync } from 'node:fs'
import type { JsonObject } from '../core/json.ts'
import { writeAwsEvent, writeAwsException } from '../wire/aws-events.ts'

/** Bytes as an upstream sends them, under the name of their file without its ending. */
export interface Sample {
  readonly name: string
  readonly bytes: Buffer
}

/** A body as a caller sends it. */
export interface RequestSample {
  readonly name: string
  readonly body: JsonObject
}

const readAll = (folder: URL, ending: string): Sample[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => ({ name: file.slice(0, -ending.length), bytes: readFileSync(new URL(file, folder)) }))

/** The `.sse` files of a folder (its address ends in `/`). */
export const readStreams = (folder: URL): Sample[] => readAll(folder, '.sse')

/** A line such as `{"messageStart": {"role": "assistant"}}` as a message of Amazon's event stream. */
const awsMessage = (line: string): Buffer => {
  const [name = '', payload] = Object.entries(JSON.parse(line) as JsonObject)[0] ?? []
  const write = name.endsWith('Exception') ? writeAwsException : writeAwsEvent
  return Buffer.from(write(name, payload), 'latin1')
}

/** The `.jsonl` files of a folder (its address ends in `/`): each line an event, as its binary message. */
export const readAwsStreams = (folder: URL): Sample[] =>
  readAll(folder, '.jsonl').map(({ name, bytes }) => ({
    name,
    bytes: Buffer.concat(bytes.toString('utf8').trimEnd().split('\n').map(awsMessage)),
  }))

/** The `.json` files of a folder (its address ends in `/`), as bytes. */
export const readWholes = (folder: URL): Sample[] => readAll(folder, '.json')

/** The `.json` files of a folder (its address ends in `/`), as callers' bodies. */
export const readRequests = (folder: URL): RequestSample[] =>
  readAll(folder, '.json').map(({ name, bytes }) => ({ name, body: JSON.parse(bytes.toString('utf8')) as JsonObject }))
