import type { JsonObject } from '../../core/json.ts'

/** A way to ask a question, and whether its answer streams. */
export interface Door {
  readonly name: string
  readonly path: string
  body(question: string): JsonObject
}

const system = 'Be brief.'
const said = (question: string) => [{ role: 'user', content: question }]
const parts = (text: string) => [{ text }]

const chat = (stream: boolean): Door => ({
  name: 'chat',
  path: '/v1/chat/completions',
  body: (question) => ({
    model: 'chat',
    stream,
    max_completion_tokens: 64,
    messages: [{ role: 'system', content: system }, ...said(question)],
  }),
})

const messages = (stream: boolean): Door => ({
  name: 'messages',
  path: '/v1/messages',
  body: (question) => ({ model: 'chat', stream, max_tokens: 64, system, messages: said(question) }),
})

const responses = (stream: boolean): Door => ({
  name: 'responses',
  path: '/v1/responses',
  body: (question) => ({ model: 'chat', stream, max_output_tokens: 64, instructions: system, input: question }),
})

const gemini = (stream: boolean): Door => ({
  name: 'gemini',
  path: `/v1beta/models/chat:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  body: (question) => ({
    systemInstruction: { parts: parts(system) },
    contents: [{ parts: parts(question) }],
    generationConfig: { maxOutputTokens: 64 },
  }),
})

const converse = (stream: boolean): Door => ({
  name: 'converse',
  path: `/model/chat/${stream ? 'converse-stream' : 'converse'}`,
  body: (question) => ({
    system: parts(system),
    messages: [{ role: 'user', content: parts(question) }],
    inferenceConfig: { maxTokens: 64 },
  }),
})

const named = (door: Door, stream: boolean): Door => ({ ...door, name: `${door.name}${stream ? ', streamed' : ''}` })

/** Every door at which words are answered with words, streamed and not. */
export const talkingDoors: readonly Door[] = [chat, messages, responses, gemini, converse].flatMap((door) =>
  [false, true].map((stream) => named(door(stream), stream)),
)

/** The doors at which words become vectors. */
export const vectorDoors: readonly Door[] = [
  {
    name: 'embeddings',
    path: '/v1/embeddings',
    body: (question) => ({ model: 'vectors', input: [question, 'beside'] }),
  },
  {
    name: 'embedContent',
    path: '/v1beta/models/vectors:embedContent',
    body: (question) => ({ content: { parts: parts(question) } }),
  },
]
