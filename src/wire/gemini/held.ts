import { isObject, type JsonObject } from '../../core/json.ts'
import { type Held, type HeldFields, holdsFields, more } from '../held.ts'

/** Google takes both spellings of a field. */
const spelled = (fields: HeldFields): HeldFields =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, held]) => [
      [name, held],
      [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), held],
    ]),
  )

const media = spelled({ mimeType: true, data: true, fileUri: true, displayName: true })

/** Only a document keeps its name. */
const named = ({ displayName, display_name }: JsonObject): boolean =>
  (displayName ?? display_name ?? undefined) !== undefined

const holdsMedia: Held = (value) => {
  if (!isObject(value) || !holdsFields(media, value)) return false
  return !named(value) || !/^(image|audio)\//.test(String(value.mimeType ?? value.mime_type))
}

const part = spelled({
  text: true,
  thought: true,
  thoughtSignature: true,
  inlineData: holdsMedia,
  fileData: holdsMedia,
  functionCall: { id: true, name: true, args: true },
  functionResponse: {
    id: true,
    name: true,
    response: true,
    parts: spelled({ inlineData: holdsMedia }),
  },
})

const content: HeldFields = { role: true, parts: part }

/** Does a body say more than its request holds in neutral words? */
export const saysMore = more(spelled({ contents: content, systemInstruction: content }))
