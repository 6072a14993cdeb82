import { type FixtureResponse, LLMock } from '@copilotkit/aimock'
import { parseConfig } from '../../config/load.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { startServer } from '../../server/start.ts'
import { type FakeUpstream, type ReceivedRequest, type ScriptStep, startFakeUpstream } from '../../testing/index.ts'
import type { AskedForm } from '../clients/cell.ts'
import type { Talk } from '../clients/talk.ts'
import { talkAi } from '../clients/talk-ai.ts'
import { talkAnthropic } from '../clients/talk-anthropic.ts'
import { talkOpenai } from '../clients/talk-openai.ts'
import { talkGoogle } from '../gemini/talk-google.ts'
import { talkResponses } from '../responses/talk-responses.ts'
import { talkBedrock } from './talk-bedrock.ts'

/** Official clients, and one that sends and reads what Amazon's do. */
export const clientNames = [
  'bedrock',
  'openai',
  'anthropic',
  'responses',
  'ai-openai',
  'ai-anthropic',
  'ai-responses',
  'google',
  'ai-google',
] as const
export type ClientName = (typeof clientNames)[number]

/** The language of an upstream. */
export const upstreamWires = ['bedrock', 'openai', 'anthropic'] as const
export type UpstreamWire = (typeof upstreamWires)[number]

/** Where a cell of the matrix runs. */
export interface Place {
  readonly client: ClientName
  readonly wire: UpstreamWire
  readonly maker: 'fake' | 'aimock'
  readonly form: AskedForm
}

export interface Cell extends Place {
  readonly url: string
  /** The public name of the upstream's model. */
  readonly model: string
  readonly fake: FakeUpstream
  talk(): Talk
  /** Every request that the fake upstream got. */
  journal(): readonly ReceivedRequest[]
  /** Every body that the upstream received, as its maker read it. */
  received(): readonly JsonObject[]
}

/** What upstreams answer, one after another: in each language, and in aimock's own words. */
export interface Answers {
  readonly bedrock: readonly ScriptStep[]
  readonly openai: readonly ScriptStep[]
  readonly anthropic: readonly ScriptStep[]
  readonly aimock: readonly FixtureResponse[]
}

export interface Rig extends AsyncDisposable {
  cell(place: Place, answers: Answers): Cell
}

const talks = {
  bedrock: talkBedrock,
  openai: talkOpenai,
  anthropic: talkAnthropic,
  responses: talkResponses,
  'ai-openai': talkAi,
  'ai-anthropic': talkAi,
  'ai-responses': talkAi,
  google: talkGoogle,
  'ai-google': talkAi,
} as const

/** A model that thinks by a budget, under a name with a region, a colon and a version. */
export const realModel = 'us.anthropic.claude-haiku-4-5-20251001-v1:0'
const realModels = { bedrock: realModel, openai: 'gpt-5-mini', anthropic: 'claude-haiku-4-5' }

/** Clients read from a model's name what it can do. */
const knownName = (client: ClientName): string =>
  client.endsWith('anthropic') ? 'claude-haiku-4-5' : client.endsWith('google') ? 'gemini-3.6-flash' : 'gpt-4.1'

const publicName = ({ client, wire, maker }: Pick<Place, 'client' | 'wire' | 'maker'>): string =>
  `${knownName(client)}-by-${maker}-${wire}`

const configOf = (fakeUrl: string, mockUrl: string) => {
  const models: Record<string, string> = {}
  for (const maker of ['fake', 'aimock'] as const)
    for (const wire of upstreamWires)
      for (const client of ['bedrock', 'anthropic', 'google'] as const)
        models[publicName({ client, wire, maker })] = `${maker}-${wire}/${realModels[wire]}`
  const signing = { kind: 'bedrock', region: 'us-east-1', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-of-aws' }
  return {
    models,
    providers: {
      'fake-bedrock': { ...signing, baseUrl: fakeUrl },
      'aimock-bedrock': { kind: 'bedrock', baseUrl: mockUrl, apiKey: 'ABSKupstream' },
      'fake-openai': { kind: 'openai-compatible', baseUrl: `${fakeUrl}/v1`, apiKey: 'sk-upstream' },
      'aimock-openai': { kind: 'openai-compatible', baseUrl: `${mockUrl}/v1`, apiKey: 'sk-upstream' },
      'fake-anthropic': { kind: 'anthropic', baseUrl: `${fakeUrl}/v1`, apiKey: 'sk-upstream' },
      'aimock-anthropic': { kind: 'anthropic', baseUrl: `${mockUrl}/v1`, apiKey: 'sk-upstream' },
    },
  }
}

const noAnswerLeft = { error: { message: 'There is no answer left.' }, status: 500 }

const oneByOne = (answers: readonly ScriptStep[]): ScriptStep => {
  const rest = [...answers]
  return (request) => {
    const step = rest.shift()
    if (typeof step === 'function') return step(request)
    return step ?? { status: 500, body: JSON.stringify(noAnswerLeft) }
  }
}

const parsed = (text: string): JsonObject => {
  const body: unknown = JSON.parse(text)
  if (!isObject(body)) throw new Error('An upstream was sent no object.')
  return body
}

/** A gateway in front of upstreams of our making and of aimock's, in each language. */
export const startRig = async (): Promise<Rig> => {
  const fake = await startFakeUpstream()
  const mock = new LLMock({ host: '127.0.0.1', port: 0, chunkSize: 5 })
  await mock.start()
  const common = { server: { port: 0 }, discover: false, telemetry: { log: 'silent', metrics: false } } as const
  const config = await parseConfig({ ...common, retry: { attempts: 1 }, ...configOf(fake.url, mock.url) }, {})
  const gateway = await startServer(config)

  const cell: Rig['cell'] = (place, answers) => {
    const { client, wire, maker } = place
    const begins = fake.journal.length
    fake.always(oneByOne(answers[wire]))
    mock.clearRequests()
    mock.clearFixtures()
    const rest = [...answers.aimock]
    mock.on({}, () => rest.shift() ?? noAnswerLeft)
    const made = { ...place, url: gateway.url, model: publicName(place), fake }
    const journal = () => fake.journal.slice(begins)
    return {
      ...made,
      journal,
      // Each of these reads of the cell only what it needs.
      talk: () => talks[client](made as typeof made & { client: 'ai-openai' }),
      received: () =>
        maker === 'fake'
          ? journal().map(({ body }) => parsed(body))
          : mock.getRequests().map(({ body }) => parsed(JSON.stringify(body))),
    }
  }

  return {
    cell,
    [Symbol.asyncDispose]: async () => {
      await gateway.stop(AbortSignal.abort())
      await Promise.all([fake.close(), mock.stop()])
    },
  }
}
