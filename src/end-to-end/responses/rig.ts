import { type FixtureResponse, LLMock } from '@copilotkit/aimock'
import { parseConfig } from '../../config/load.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { startServer } from '../../server/start.ts'
import { type FakeUpstream, type ScriptStep, startFakeUpstream } from '../../testing/index.ts'
import { talkBedrock } from '../bedrock/talk-bedrock.ts'
import type { AskedForm } from '../clients/cell.ts'
import type { Talk } from '../clients/talk.ts'
import { talkAi } from '../clients/talk-ai.ts'
import { talkAnthropic } from '../clients/talk-anthropic.ts'
import { talkOpenai } from '../clients/talk-openai.ts'
import { talkGoogle } from '../gemini/talk-google.ts'
import { talkResponses } from './talk-responses.ts'

/** Official clients: those of this language come first. */
export const clientNames = ['responses', 'ai-responses', 'openai', 'anthropic', 'ai-openai', 'ai-anthropic'] as const
/** Those and clients of the languages that have matrices of their own. */
export const everyClient = [...clientNames, 'google', 'ai-google', 'bedrock'] as const
export type ClientName = (typeof everyClient)[number]

/** The language of an upstream; `both` is asked in the one of its caller, if it is one of OpenAI's two. */
export const upstreamWires = ['responses', 'openai', 'anthropic', 'gemini', 'both'] as const
export type UpstreamWire = (typeof upstreamWires)[number]

export type UpstreamMaker = 'fake' | 'aimock'

/** Where a cell of the matrix runs. */
export interface Place {
  readonly client: ClientName
  readonly wire: UpstreamWire
  readonly maker: UpstreamMaker
  readonly form: AskedForm
}

export interface Cell extends Place {
  readonly url: string
  /** The public name of the upstream's model. */
  readonly model: string
  /** The language in which the upstream is asked. */
  readonly spoken: 'responses' | 'openai' | 'anthropic' | 'gemini'
  readonly fake: FakeUpstream
  talk(): Talk
  /** Every body that the upstream received, as its maker read it. */
  received(): readonly JsonObject[]
}

/** What upstreams answer, one after another: in each language, and in aimock's own words. */
export interface Answers {
  readonly responses: readonly ScriptStep[]
  readonly openai: readonly ScriptStep[]
  readonly anthropic: readonly ScriptStep[]
  /** Absent: none of these upstreams is asked. */
  readonly gemini?: readonly ScriptStep[] | undefined
  readonly aimock: readonly FixtureResponse[]
}

export interface Rig extends AsyncDisposable {
  readonly url: string
  readonly fake: FakeUpstream
  cell(place: Place, answers: Answers): Cell
}

const talks = {
  responses: talkResponses,
  openai: talkOpenai,
  anthropic: talkAnthropic,
  'ai-responses': talkAi,
  'ai-openai': talkAi,
  'ai-anthropic': talkAi,
  'ai-google': talkAi,
  google: talkGoogle,
  bedrock: talkBedrock,
} as const

const spokenIn = (client: ClientName, wire: UpstreamWire): Cell['spoken'] =>
  wire !== 'both' ? wire : client.endsWith('responses') ? 'responses' : 'openai'

const kinds = {
  responses: 'openai-responses',
  openai: 'openai-compatible',
  anthropic: 'anthropic',
  gemini: 'gemini',
  both: 'openai',
} as const
const realModels = {
  responses: 'gpt-5-mini',
  openai: 'gpt-5-mini',
  anthropic: 'claude-haiku-4-5',
  gemini: 'gemini-3.6-flash',
  both: 'gpt-5-mini',
}

/** Clients read from a model's name what it can do. */
const knownName = (client: ClientName): string =>
  client.endsWith('anthropic') ? 'claude-haiku-4-5' : client.endsWith('google') ? 'gemini-3.6-flash' : 'gpt-4.1'

const publicName = ({ client, wire, maker }: Place): string => `${knownName(client)}-by-${maker}-${wire}`

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

const configOf = (fakeUrl: string, mockUrl: string) => {
  const providers: Record<string, { kind: (typeof kinds)[UpstreamWire]; baseUrl: string; apiKey: string }> = {}
  const models: Record<string, string> = {}
  for (const maker of ['fake', 'aimock'] as const) {
    for (const wire of upstreamWires) {
      const name = `${maker}-${wire}`
      const baseUrl = `${maker === 'fake' ? fakeUrl : mockUrl}/${wire === 'gemini' ? 'v1beta' : 'v1'}`
      providers[name] = { kind: kinds[wire], baseUrl, apiKey: 'sk-upstream' }
      for (const client of ['responses', 'anthropic', 'google'] as const)
        models[publicName({ client, wire, maker, form: 'whole' })] = `${name}/${realModels[wire]}`
    }
  }
  return { providers, models }
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
    const spoken = spokenIn(client, wire)
    fake.always(oneByOne(answers[spoken] ?? []))
    mock.clearRequests()
    mock.clearFixtures()
    const rest = [...answers.aimock]
    mock.on({}, () => rest.shift() ?? noAnswerLeft)
    const made = { ...place, url: gateway.url, model: publicName(place), spoken, fake }
    return {
      ...made,
      // Each of these reads of the cell only what it needs.
      talk: () => talks[client](made as typeof made & { client: 'ai-responses' }),
      received: () =>
        maker === 'fake'
          ? fake.journal.slice(begins).map(({ body }) => parsed(body))
          : mock.getRequests().map(({ body }) => parsed(JSON.stringify(body))),
    }
  }

  return {
    url: gateway.url,
    fake,
    cell,
    [Symbol.asyncDispose]: async () => {
      await gateway.stop(AbortSignal.abort())
      await Promise.all([fake.close(), mock.stop()])
    },
  }
}
