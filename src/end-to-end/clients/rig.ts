import { type FixtureResponse, LLMock } from '@copilotkit/aimock'
import { parseConfig } from '../../config/load.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { startServer } from '../../server/start.ts'
import { type FakeUpstream, type ScriptStep, startFakeUpstream } from '../../testing/index.ts'
import {
  type Cell,
  type ClientName,
  type UpstreamMaker,
  type UpstreamWire,
  upstreamMakers,
  upstreamWires,
} from './cell.ts'
import { talkAi } from './talk-ai.ts'
import { talkAnthropic } from './talk-anthropic.ts'
import { talkOpenai } from './talk-openai.ts'

/** What upstreams answer in a cell, one after another: in each wire, and in aimock's own words. */
export interface Answers {
  readonly openai: readonly ScriptStep[]
  readonly anthropic: readonly ScriptStep[]
  readonly aimock: readonly FixtureResponse[]
}

/** A gateway in front of four upstreams: of our making and of aimock's, in each wire. */
export interface Rig extends AsyncDisposable {
  readonly url: string
  readonly fakes: Readonly<Record<UpstreamWire, FakeUpstream>>
  /** A cell with empty journals, whose upstreams answer so. */
  cell(place: Pick<Cell, 'client' | 'wire' | 'maker' | 'form'>, answers: Answers): Cell
}

const realModels = { openai: 'gpt-5-mini', anthropic: 'claude-haiku-4-5' } as const

/** Names by which clients know what the model can do. */
const knownNames: Readonly<Record<ClientName, string>> = {
  openai: 'gpt-4.1',
  'ai-openai': 'gpt-4.1',
  anthropic: 'claude-haiku-4-5',
  'ai-anthropic': 'claude-haiku-4-5',
}

/** The public name of a model: whoever reads it in a client takes it for one it knows. */
export const publicName = (client: ClientName, maker: UpstreamMaker, wire: UpstreamWire): string =>
  `${knownNames[client]}-by-${maker}-${wire}`

const talks = {
  openai: talkOpenai,
  anthropic: talkAnthropic,
  'ai-openai': talkAi,
  'ai-anthropic': talkAi,
} as const

const models = () => {
  const named: Record<string, string> = {}
  for (const client of ['openai', 'anthropic'] as const)
    for (const maker of upstreamMakers)
      for (const wire of upstreamWires) named[publicName(client, maker, wire)] = `${maker}-${wire}/${realModels[wire]}`
  return named
}

const startGateway = async (fakes: Rig['fakes'], mock: LLMock) => {
  const apiKey = 'sk-upstream-openai'
  const anthropic = { kind: 'anthropic', apiKey: 'sk-upstream-anthropic' }
  const config = await parseConfig(
    {
      server: { port: 0 },
      discover: false,
      telemetry: { log: 'silent', metrics: false },
      retry: { attempts: 1 },
      providers: {
        // Thinking of earlier turns goes back where it came from, as to a provider that proves it by details.
        'fake-openai': {
          kind: 'openai',
          apiKey,
          baseUrl: `${fakes.openai.url}/v1`,
          quirks: { reasoningField: 'reasoning' },
        },
        'fake-anthropic': { ...anthropic, baseUrl: `${fakes.anthropic.url}/v1` },
        'aimock-openai': { kind: 'openai-compatible', apiKey, baseUrl: `${mock.url}/v1` },
        'aimock-anthropic': { ...anthropic, baseUrl: `${mock.url}/v1` },
      },
      models: models(),
    },
    {},
  )
  return startServer(config)
}

const parsed = (text: string): JsonObject => {
  const body: unknown = JSON.parse(text)
  if (!isObject(body)) throw new Error('An upstream was sent no object.')
  return body
}

const noAnswerLeft = { error: { message: 'There is no answer left.' }, status: 500 }

/** Answers in their order; after the last one, failures. */
const oneByOne = (answers: readonly ScriptStep[]): ScriptStep => {
  const rest = [...answers]
  return (request) => {
    const step = rest.shift()
    if (typeof step === 'function') return step(request)
    return step ?? { status: 500, body: JSON.stringify(noAnswerLeft) }
  }
}

/** Starts them all on free ports of 127.0.0.1. */
export const startRig = async (): Promise<Rig> => {
  const fakes = { openai: await startFakeUpstream(), anthropic: await startFakeUpstream() }
  const mock = new LLMock({ host: '127.0.0.1', port: 0, chunkSize: 5 })
  await mock.start()
  const closeUpstreams = () => Promise.all([fakes.openai.close(), fakes.anthropic.close(), mock.stop()])
  const gateway = await startGateway(fakes, mock).catch(async (error: unknown) => {
    // Servers that are left open would keep the process from ending.
    await closeUpstreams()
    throw error
  })

  const cell: Rig['cell'] = (place, answers) => {
    const { client, wire, maker } = place
    const begins = fakes[wire].journal.length
    for (const each of upstreamWires) fakes[each].always(oneByOne(answers[each]))
    mock.clearRequests()
    mock.clearFixtures()
    const rest = [...answers.aimock]
    mock.on({}, () => rest.shift() ?? noAnswerLeft)
    const made: Cell = {
      ...place,
      url: gateway.url,
      model: publicName(client, maker, wire),
      otherModel: publicName(client, maker, wire === 'openai' ? 'anthropic' : 'openai'),
      fakes,
      talk: () => talks[client](made),
      received: () =>
        maker === 'fake'
          ? fakes[wire].journal.slice(begins).map(({ body }) => parsed(body))
          : mock.getRequests().map(({ body }) => parsed(JSON.stringify(body))),
    }
    return made
  }

  return {
    url: gateway.url,
    fakes,
    cell,
    [Symbol.asyncDispose]: async () => {
      await gateway.stop(AbortSignal.abort())
      await closeUpstreams()
    },
  }
}
