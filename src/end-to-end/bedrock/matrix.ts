import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ApiError } from '@google/genai'
import type { AskedForm } from '../clients/cell.ts'
import { type Told, told } from '../clients/refusal.ts'
import { AwsFailure } from './aws-client.ts'
import {
  type Answers,
  type Cell,
  type ClientName,
  clientNames,
  type Place,
  type Rig,
  startRig,
  upstreamWires,
} from './rig.ts'

/** Something that clients can do, and what they must hear. */
export interface Feature {
  readonly name: string
  readonly answers: Answers
  run(cell: Cell): Promise<void>
  /** The field whose mention refuses the request before anything is sent; undefined: it is answered. */
  refused?(cell: Cell): string | undefined
  /** Why an upstream of another maker cannot show it. */
  readonly onlyFake?: string | undefined
  /** Default: all. */
  readonly clients?: readonly ClientName[] | undefined
  /** Default: both. */
  readonly forms?: readonly AskedForm[] | undefined
  /** Failures are remembered by a gateway: each cell gets one of its own. */
  readonly alone?: boolean | undefined
}

/** Clients of other languages meet the upstreams of this one; the rest of their cells is another matrix. */
const placesOf = ({ clients = clientNames, forms = ['whole', 'stream'], onlyFake }: Feature): Place[] =>
  clients.flatMap((client) =>
    upstreamWires
      .filter((wire) => client === 'bedrock' || wire === 'bedrock')
      .flatMap((wire) =>
        (onlyFake === undefined ? (['fake', 'aimock'] as const) : (['fake'] as const)).flatMap((maker) =>
          forms.map((form) => ({ client, wire, maker, form })),
        ),
      ),
  )

/** Runs what must fail, and gives what the client tells of it. */
export const failureOf = async (client: ClientName, run: () => Promise<unknown>): Promise<Told> => {
  const thrown = await run().then(
    () => assert.fail('nothing was thrown'),
    (error: unknown) => error,
  )
  if (thrown instanceof assert.AssertionError) throw thrown
  if (thrown instanceof AwsFailure) {
    const { name, message, status, body, headers } = thrown
    return { name, message, status, body, headers }
  }
  if (thrown instanceof ApiError) {
    const { status, message: body } = thrown
    return { name: 'ApiError', status, message: JSON.parse(body).error.message, body, headers: {} }
  }
  if (client.startsWith('ai-')) return told('ai-openai', thrown)
  return told(client === 'responses' ? 'openai' : (client as 'openai'), thrown)
}

const runCell = async (feature: Feature, cell: Cell): Promise<void> => {
  const field = feature.refused?.(cell)
  if (field === undefined) return feature.run(cell)
  const { status, message, body } = await failureOf(cell.client, () => feature.run(cell))
  assert.equal(status, 400, message)
  assert.ok(message.includes(field), `${message} does not name ${field}`)
  assert.ok(body.includes('"code":"invalid_request"'), body)
  assert.deepEqual(cell.received(), [])
}

/** Tests every feature with every client against every upstream. */
export const testMatrix = (family: string, features: readonly Feature[]): void => {
  describe(`Bedrock: ${family}`, () => {
    let shared: Rig
    before(async () => {
      shared = await startRig()
    })
    after(() => shared?.[Symbol.asyncDispose]())
    for (const feature of features) {
      for (const place of placesOf(feature)) {
        const { client, wire, maker, form } = place
        test(`${feature.name}: ${client}, ${form}, to ${maker}'s ${wire}`, async () => {
          if (!feature.alone) return runCell(feature, shared.cell(place, feature.answers))
          await using rig = await startRig()
          await runCell(feature, rig.cell(place, feature.answers))
        })
      }
    }
  })
}

const ends = {
  stop: {
    google: 'STOP',
    bedrock: 'end_turn',
    openai: 'stop',
    anthropic: 'end_turn',
    responses: 'completed',
    ai: 'stop',
  },
  length: {
    google: 'MAX_TOKENS',
    bedrock: 'max_tokens',
    openai: 'length',
    anthropic: 'max_tokens',
    responses: 'max_output_tokens',
    ai: 'length',
  },
  tools: {
    google: 'STOP',
    bedrock: 'tool_use',
    openai: 'tool_calls',
    anthropic: 'tool_use',
    responses: 'completed',
    ai: 'tool-calls',
  },
} as const

/** A client's word for the end of an answer. */
export const endWord = ({ client }: Cell, end: keyof typeof ends): string =>
  ends[end][client.startsWith('ai-') ? 'ai' : (client as 'openai')]

/** Asserts that the last body of the fake upstream holds at least this, in the language in which it was asked. */
export const assertReceived = (cell: Cell, expected: { readonly [W in Cell['wire']]?: object }): void => {
  const last = cell.received().at(-1)
  assert.ok(last, 'nothing was received')
  const wanted = expected[cell.wire]
  if (wanted && cell.maker === 'fake') assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(last)), wanted)
}
