import { invalid } from '../../core/errors.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { Request } from '../../core/request.ts'
import { modelOf, newChatDraft } from '../openai/draft.ts'
import type { Door } from '../wire.ts'
import { readerOf } from './field-table.ts'
import { saysMore } from './held.ts'
import { readMessages } from './messages.ts'
import { wireName } from './name.ts'
import type { Draft } from './settings.ts'

const newDraft = (): Draft => ({ ...newChatDraft(), wantsUsage: false, logProbs: false })

/** A caller's body as a request. Reading is checking: each part is read once, by the one function that knows it. */
export const readRequest = (body: JsonObject, door: Door): Request => {
  if (!isObject(body)) throw invalid('', 'The body must be a JSON object.')
  const model = modelOf(body)
  const draft = newDraft()
  const { chat, untranslatable } = draft
  chat.messages = readMessages(body.messages, untranslatable)
  for (const field in body) {
    if (field === 'model' || field === 'messages') continue
    const value = body[field]
    if (value !== null && value !== undefined) readerOf(field)(value, draft, field)
  }
  if (draft.logProbs) chat.logProbs ??= { top: 0 }
  else if (chat.logProbs) throw invalid('top_logprobs', 'needs logprobs to be true.')
  const { stream, wantsUsage } = draft
  const { operation } = door
  return { operation, wire: wireName, model, stream, wantsUsage, body, chat, untranslatable, saysMore }
}
