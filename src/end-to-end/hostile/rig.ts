import type { ConfigInput } from '../../config/schema.ts'
import {
  anthropicText,
  type FakeUpstream,
  openaiText,
  type ReceivedRequest,
  type Step,
  startFakeUpstream,
} from '../../testing/index.ts'
import { anthropicAt, type GatewayUnderTest, openaiAt, type Settings, startGateway } from '../faults/harness.ts'

/** A gateway in front of two upstreams that are well and answer whatever they are asked, each in its language. */
export interface Rig extends AsyncDisposable {
  readonly gateway: GatewayUnderTest
  readonly port: number
  readonly openai: FakeUpstream
  readonly anthropic: FakeUpstream
  /** Everything that upstreams were sent, one after the other. */
  received(): ReceivedRequest[]
  /** What the last message of each of these said. */
  prompts(): string[]
}

/** A short answer, as a stream to whoever asks for one; a count to whoever wants tokens counted. */
export const healthy = ({ path, body }: ReceivedRequest): Step => {
  if (path.endsWith('/embeddings')) return { body: '{"data":[{"index":0,"embedding":[1]}],"model":"one"}' }
  if (body === '') return { body: '{"data":[]}' }
  if (path.endsWith('/count_tokens')) return { body: '{"input_tokens":7}' }
  const stream = JSON.parse(body).stream === true
  return path.endsWith('/messages') ? anthropicText('Well.', { stream }) : openaiText('Well.', { stream })
}

const promptOf = ({ body }: ReceivedRequest): string => {
  const content: unknown = JSON.parse(body).messages.at(-1).content
  return typeof content === 'string' ? content : JSON.stringify(content)
}

/** Starts them; `chat` is answered in OpenAI's language, `claude` in Anthropic's. */
export const startRig = async (more: ConfigInput = {}, settings: Settings = {}): Promise<Rig> => {
  const openai = await startFakeUpstream()
  const anthropic = await startFakeUpstream()
  openai.always(healthy)
  anthropic.always(healthy)
  const gateway = await startGateway(
    {
      providers: { up: openaiAt(openai.url), claude: anthropicAt(anthropic.url) },
      models: { chat: 'up/one', claude: 'claude/one' },
      // What is answered is prose, whatever was asked for.
      output: false,
      ...more,
    },
    settings,
  )
  const received = (): ReceivedRequest[] => [...openai.journal, ...anthropic.journal]
  return {
    gateway,
    port: gateway.port,
    openai,
    anthropic,
    received,
    prompts: () => received().map(promptOf),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await Promise.all([openai.close(), anthropic.close()])
    },
  }
}
