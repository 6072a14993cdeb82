import { type FixtureResponse, LLMock } from '@copilotkit/aimock'
import { parseConfig } from '../../config/load.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { startServer } from '../../server/start.ts'
import { type FakeUpstream, type ScriptStep, startFakeUpstream } from '../../testing/index.ts'
import type { AskedForm } from '../clients/cell.ts'
import type { Talk } from '../clients/talk.ts'
import { talkAi } from '../clients/talk-ai.ts'
import { talkAnthropic } from '../clients/talk-anthropic.ts'
import { talkOpenai } from '../clients/talk-openai.ts'
import { talkGoogle } from './talk-google.ts'

/** Official clients: those of this language come first. */
export const clientNames = ['google', 'ai-google', 'openai', 'anthropic', 'ai-openai', 'ai-anthropic'] as const
export type ClientName = (typeof clientNames)[number]

export const upstreamWires = ['gemini', 'openai', 'anthropic'] as const
/** The language of an upstream. */
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
  /** The same for the upstream of another language. */
  readonly otherModel: string
  readonly fake: FakeUpstream
  talk(): Talk
  /** Every body that the upstream received, as its maker read it. */
  received(): readonly JsonObject[]
}

/** What upstreams answer, one after another: in each language, and in aimock's own words. */
export interface Answers {
  readonly gemini: readonly ScriptStep[]
  readonly openai: readonly ScriptStep[]
  readonly anthropic: readonly ScriptStep[]
  readonly aimock: readonly FixtureResponse[]
}

export interface Rig extends AsyncDisposable {
  readonly url: string
  readonly fake: FakeUpstream
  cell(place: Place, answers: Answers): Cell
}

const talks = {
  google: talkGoogle,
  openai: talkOpenai,
  anthropic: talkAnthropic,
  'ai-google': talkAi,
  'ai-openai': talkAi,
  'ai-anthropic': talkAi,
} as const

export const realModels = { gemini: 'gemini-3.6-flash', openai: 'gpt-5-mini', anthropic: 'claude-haiku-4-5' } as const
const kinds = { gemini: 'gemini', openai: 'openai-compatible', anthropic: 'anthropic' } as const

/** Clients read from a model's name what it can do. */
const knownNames: Readonly<Record<ClientName, string>> = {
  google: 'gemini-3.6-flash',
  'ai-google': 'gemini-3.6-flash',
  openai: 'gpt-4.1',
  'ai-openai': 'gpt-4.1',
  anthropic: 'claude-haiku-4-5',
  'ai-anthropic': 'claude-haiku-4-5',
}

const publicName = (client: ClientName, maker: UpstreamMaker, wire: UpstreamWire): string =>
  `${knownNames[client]}-by-${maker}-${wire}`

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
  const providers: Record<string, object> = {}
  const models: Record<string, string> = {}
  for (const maker of ['fake', 'aimock'] as const) {
    for (const wire of upstreamWires) {
      const root = maker === 'fake' ? fakeUrl : mockUrl
      const baseUrl = wire === 'gemini' ? `${root}/v1beta` : `${root}/v1`
      const quirks = wire === 'openai' ? { quirks: { reasoningField: 'reasoning' } } : {}
      providers[`${maker}-${wire}`] = { kind: kinds[wire], baseUrl, apiKey: 'sk-upstream', ...quirks }
      for (const client of clientNames) models[publicName(client, maker, wire)] = `${maker}-${wire}/${realModels[wire]}`
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
  const given = { ...common, retry: { attempts: 1 }, ...configOf(fake.url, mock.url) }
  const gateway = await startServer(await parseConfig(given, {}))

  const cell: Rig['cell'] = (place, answers) => {
    const { client, wire, maker } = place
    const begins = fake.journal.length
    fake.always(oneByOne(answers[wire]))
    mock.clearRequests()
    mock.clearFixtures()
    const rest = [...answers.aimock]
    mock.on({}, () => rest.shift() ?? noAnswerLeft)
    const model = publicName(client, maker, wire)
    const otherModel = publicName(client, maker, wire === 'openai' ? 'anthropic' : 'openai')
    const made = { ...place, url: gateway.url, model, otherModel, fake }
    return {
      ...made,
      // Each of these reads of the cell only what it needs.
      talk: () => talks[client](made as typeof made & { client: 'ai-google' }),
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
