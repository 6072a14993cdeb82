import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { AskedForm } from '../clients/cell.ts'
import { type Told, told } from '../clients/refusal.ts'
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

const isOfTheFirst = (client: ClientName): boolean => (clientNames as readonly string[]).includes(client)

const isOfResponses = (client: ClientName): boolean => client.endsWith('responses')

/** Clients of other languages meet the upstreams of this one; the rest of their cells is another matrix. */
const placesOf = ({ clients = clientNames, forms = ['whole', 'stream'], onlyFake, answers }: Feature): Place[] =>
  clients.flatMap((client) =>
    upstreamWires
      .filter((wire) => wire !== 'gemini' || answers.gemini !== undefined)
      .filter((wire) => isOfResponses(client) || wire === 'responses' || (wire === 'both' && isOfTheFirst(client)))
      .flatMap((wire) =>
        (onlyFake === undefined ? (['fake', 'aimock'] as const) : (['fake'] as const)).flatMap((maker) =>
          forms.map((form) => ({ client, wire, maker, form })),
        ),
      ),
  )

const runCell = async (feature: Feature, cell: Cell): Promise<void> => {
  const field = feature.refused?.(cell)
  if (field === undefined) return feature.run(cell)
  const { status, message, body } = await failureOf(cell.client, () => feature.run(cell))
  assert.equal(status, 400, message)
  assert.ok(message.includes(field), `${message} does not name ${field}`)
  assert.ok(body.includes('"code":"invalid_request"'), body)
  assert.deepEqual(cell.received(), [])
}

/** Runs what must fail, and gives what the client tells of it. */
export const failureOf = async (client: ClientName, run: () => Promise<unknown>): Promise<Told> => {
  const thrown = await run().then(
    () => assert.fail('nothing was thrown'),
    (error: unknown) => error,
  )
  if (thrown instanceof assert.AssertionError) throw thrown
  const like = { responses: 'openai', 'ai-responses': 'ai-openai' } as const
  return told(client === 'responses' || client === 'ai-responses' ? like[client] : (client as 'openai'), thrown)
}

/** Tests every feature with every client against every upstream. */
export const testMatrix = (family: string, features: readonly Feature[]): void => {
  describe(`Responses with official clients: ${family}`, () => {
    let shared: Rig
    before(async () => {
      shared = await startRig()
    })
    after(() => shared?.[Symbol.asyncDispose]())
    for (const feature of features) {
      for (const place of placesOf(feature)) {
        const { client, wire, maker, form } = place
        test(`${feature.name}: ${client}, ${form}, to ${maker}'s ${wire}`, { timeout: 60_000 }, async () => {
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
    openai: 'stop',
    anthropic: 'end_turn',
    google: 'STOP',
    bedrock: 'end_turn',
    responses: 'completed',
    ai: 'stop',
  },
  length: {
    openai: 'length',
    anthropic: 'max_tokens',
    google: 'MAX_TOKENS',
    bedrock: 'max_tokens',
    responses: 'max_output_tokens',
    ai: 'length',
  },
  tools: {
    openai: 'tool_calls',
    anthropic: 'tool_use',
    google: 'STOP',
    bedrock: 'tool_use',
    responses: 'completed',
    ai: 'tool-calls',
  },
} as const

/** A client's word for the end of an answer. */
export const endWord = ({ client }: Cell, end: keyof typeof ends): string =>
  ends[end][client.startsWith('ai-') ? 'ai' : (client as 'openai')]

/** Asserts that the last body of the fake upstream holds at least this, in the language in which it was asked. */
export const assertReceived = (cell: Cell, expected: { readonly [Spoken in Cell['spoken']]?: object }): void => {
  const last = cell.received().at(-1)
  assert.ok(last, 'nothing was received')
  const wanted = expected[cell.spoken]
  if (wanted && cell.maker === 'fake') assert.partialDeepStrictEqual(JSON.parse(JSON.stringify(last)), wanted)
}
