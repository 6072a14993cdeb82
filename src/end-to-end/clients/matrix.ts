import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  type AskedForm,
  type Cell,
  type ClientName,
  clientNames,
  type Impossible,
  type Run,
  type UpstreamMaker,
  type UpstreamWire,
  upstreamMakers,
  upstreamWires,
} from './cell.ts'
import type { FeatureName } from './feature-names.ts'
import { assertRefused } from './refusal.ts'
import { type Answers, type Rig, startRig } from './rig.ts'

/** Something clients can do, and how each of them does it through the gateway. */
export interface Feature {
  readonly name: FeatureName
  readonly answers: Answers
  readonly clients: Readonly<Record<ClientName, Run | Impossible>>
  /** The field whose mention refuses these requests before anything is sent. */
  readonly refused?: { readonly [C in ClientName]?: { readonly [W in UpstreamWire]?: string } } | undefined
  /** Why an upstream of another maker cannot show it. */
  readonly onlyFake?: string | undefined
  /** Default: both. */
  readonly forms?: readonly AskedForm[] | undefined
  /** Failures are remembered by a gateway: each cell gets one of its own. */
  readonly alone?: boolean | undefined
}

type Place = Pick<Cell, 'client' | 'wire' | 'maker' | 'form'>

const bothForms: readonly AskedForm[] = ['whole', 'stream']

const placesOf = ({ forms = bothForms, onlyFake }: Feature): Place[] =>
  clientNames.flatMap((client) =>
    upstreamWires.flatMap((wire) =>
      upstreamMakers
        .filter((maker) => maker === 'fake' || onlyFake === undefined)
        .flatMap((maker) => forms.map((form) => ({ client, wire, maker, form }))),
    ),
  )

const nameOf = (client: ClientName, wire: UpstreamWire, feature: Feature): string =>
  `${feature.name}: ${client} to ${wire}`

const runCell = async (feature: Feature, place: Place, shared: Rig): Promise<string> => {
  if (!feature.alone) return runIn(feature, place, shared)
  await using rig = await startRig()
  return await runIn(feature, place, rig)
}

const runIn = async (feature: Feature, place: Place, rig: Rig): Promise<string> => {
  const run = feature.clients[place.client]
  if (typeof run !== 'function') return `impossible: ${run.because}`
  const cell = rig.cell(place, feature.answers)
  const field = feature.refused?.[place.client]?.[place.wire]
  if (field === undefined) {
    await run(cell)
    return 'seen'
  }
  await assertRefused(place.client, () => run(cell), field)
  assert.deepEqual(cell.received(), [])
  return `refused: ${field}`
}

const makersOf = ({ onlyFake }: Feature): readonly UpstreamMaker[] =>
  onlyFake === undefined ? upstreamMakers : ['fake']

/** Tests every feature with every client against every upstream, and that none of the combinations is left out. */
export const testMatrix = (family: string, features: readonly Feature[]): void => {
  describe(`official clients: ${family}`, () => {
    let rig: Rig
    const outcomes = new Map<string, Set<string>>()
    before(async () => {
      rig = await startRig()
    })
    after(() => rig?.[Symbol.asyncDispose]())

    for (const feature of features) {
      for (const place of placesOf(feature)) {
        const { client, wire, maker, form } = place
        if (typeof feature.clients[client] !== 'function') {
          outcomes.set(nameOf(client, wire, feature), new Set(['impossible']))
          continue
        }
        test(`${feature.name}: ${client}, ${form}, to ${maker}'s ${wire}`, async () => {
          const outcome = await runCell(feature, place, rig)
          const key = nameOf(client, wire, feature)
          outcomes.set(key, (outcomes.get(key) ?? new Set()).add(`${maker} ${form} ${outcome}`))
        })
      }
    }

    test('no combination is left out', () => {
      for (const feature of features)
        for (const client of clientNames)
          for (const wire of upstreamWires) {
            const seen = outcomes.get(nameOf(client, wire, feature))
            const impossible = typeof feature.clients[client] !== 'function'
            const wanted = impossible ? 1 : makersOf(feature).length * (feature.forms ?? bothForms).length
            assert.equal(seen?.size, wanted, nameOf(client, wire, feature))
          }
    })
  })
}
