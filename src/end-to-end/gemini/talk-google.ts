import {
  type Content,
  FunctionCallingConfigMode,
  type GenerateContentConfig,
  type GenerateContentResponse,
  GoogleGenAI,
  type Part,
} from '@google/genai'
import type { JsonObject } from '../../core/json.ts'
import type { AskedForm } from '../clients/cell.ts'
import type { Heard, HeardCall, Talk, UserPart, Wishes } from '../clients/talk.ts'

/** Google's client, pointed at the gateway and otherwise as it comes. */
export const googleClient = (url: string, more: { apiKey?: string; apiVersion?: string } = {}): GoogleGenAI => {
  const { apiKey = 'sk-caller', apiVersion } = more
  return new GoogleGenAI({ apiKey, apiVersion, httpOptions: { baseUrl: url } })
}

const partOf = (part: UserPart): Part => {
  if (part.kind === 'text') return { text: part.text }
  if (part.kind === 'document') return { inlineData: { mimeType: part.mediaType, data: part.base64 } }
  const [, mimeType, data] = /^data:([^;]+);base64,(.*)$/.exec(part.url) ?? []
  return mimeType === undefined
    ? { fileData: { fileUri: part.url, mimeType: 'image/png' } }
    : { inlineData: { mimeType, data } }
}

const callingOf = (choice: Wishes['choice']): GenerateContentConfig['toolConfig'] => {
  if (choice === undefined) return undefined
  const { ANY, AUTO, NONE } = FunctionCallingConfigMode
  if (typeof choice === 'object') return { functionCallingConfig: { mode: ANY, allowedFunctionNames: [choice.tool] } }
  return { functionCallingConfig: { mode: { auto: AUTO, none: NONE, required: ANY }[choice] } }
}

/** What the wishes are called here. */
const configOf = (wishes: Wishes): GenerateContentConfig => ({
  systemInstruction: wishes.system,
  tools: wishes.tools && [
    {
      functionDeclarations: wishes.tools.map(({ name, description, parameters }) => ({
        name,
        description,
        parametersJsonSchema: parameters,
      })),
    },
  ],
  toolConfig: callingOf(wishes.choice),
  stopSequences: wishes.stop && [...wishes.stop],
  maxOutputTokens: wishes.maxOutput,
  thinkingConfig: wishes.thinks ? { includeThoughts: true, thinkingBudget: 2048 } : undefined,
  abortSignal: wishes.signal,
})

/** An answer of one or several pieces. */
interface Answered {
  readonly pieces: readonly GenerateContentResponse[]
  readonly parts: readonly Part[]
}

const callsIn = (parts: readonly Part[]): HeardCall[] =>
  parts.flatMap(({ functionCall: call }) =>
    call ? [{ id: call.id ?? '', name: call.name ?? '', input: JSON.parse(JSON.stringify(call.args)) }] : [],
  )

const textOf = (parts: readonly Part[], thought: boolean): string =>
  parts.map((part) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('')

const heardOf = ({ pieces, parts }: Answered): Heard => {
  const usage = pieces.findLast((piece) => piece.usageMetadata)?.usageMetadata
  const { candidatesTokenCount: said, thoughtsTokenCount: thought } = usage ?? {}
  return {
    text: textOf(parts, false),
    thinking: textOf(parts, true),
    calls: callsIn(parts),
    finish: pieces.findLast((piece) => piece.candidates?.[0]?.finishReason)?.candidates?.[0]?.finishReason ?? '',
    usage: {
      read: usage?.promptTokenCount,
      fromCache: usage?.cachedContentTokenCount,
      toCache: undefined,
      said: said === undefined ? undefined : said + (thought ?? 0),
      thought,
    },
    native: pieces,
  }
}

const partsIn = (pieces: readonly GenerateContentResponse[]): Part[] =>
  pieces.flatMap((piece) => piece.candidates?.[0]?.content?.parts ?? [])

/** A conversation in Google's client: the parts of an answer go back as they came, one content for each piece. */
export const talkGoogle = (cell: { readonly url: string; readonly model: string; readonly form: AskedForm }): Talk => {
  const { models } = googleClient(cell.url)
  const history: Content[] = []

  const ask = async (wishes: Wishes): Promise<Heard> => {
    const params = { model: wishes.model ?? cell.model, contents: history, config: configOf(wishes) }
    const pieces: GenerateContentResponse[] = []
    if (cell.form === 'whole') pieces.push(await models.generateContent(params))
    else for await (const piece of await models.generateContentStream(params)) pieces.push(piece)
    for (const piece of pieces) {
      const content = piece.candidates?.[0]?.content
      if (content) history.push(content)
    }
    return heardOf({ pieces, parts: partsIn(pieces) })
  }

  return {
    say: (what, wishes = {}) => {
      history.push({ role: 'user', parts: typeof what === 'string' ? [{ text: what }] : what.map(partOf) })
      return ask(wishes)
    },
    giveResults: (results, wishes = {}) => {
      const parts = results.map(({ call: { id, name }, text }) => ({
        functionResponse: { ...(id !== '' && { id }), name, response: { output: text } satisfies JsonObject },
      }))
      history.push({ role: 'user', parts })
      return ask(wishes)
    },
  }
}
