import assert from 'node:assert/strict'
import type { JsonObject } from '../../core/json.ts'
import { assertReceived } from './bodies.ts'
import type { Run } from './cell.ts'
import type { FeatureName } from './feature-names.ts'
import type { Feature } from './matrix.ts'
import { saying } from './say.ts'
import type { UserPart } from './talk.ts'
import { all, no } from './words.ts'

/** A picture of one black pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const pdf = Buffer.from('%PDF-1.4\n%%EOF\n').toString('base64')
const words = Buffer.from('Grüße aus Köln.\n').toString('base64')
const look: UserPart = { kind: 'text', text: 'What is this?' }

/** Something to look at, and the part that each upstream must receive before the question. */
interface Shown {
  readonly name: FeatureName
  readonly part: UserPart
  readonly openai: JsonObject
  readonly anthropic: JsonObject
}

const showing =
  ({ part, openai, anthropic }: Shown): Run =>
  async (cell) => {
    const heard = await cell.talk().say([part, look])
    assert.equal(heard.text, 'It is black.')
    const asked = { type: 'text', text: 'What is this?' }
    assertReceived(cell, {
      openai: { messages: [{ role: 'user', content: [openai, asked] }] },
      anthropic: { messages: [{ role: 'user', content: [anthropic, asked] }] },
      // It turns Anthropic's content into its text.
      aimock: { messages: [{ role: 'user', content: cell.wire === 'openai' ? [openai, asked] : 'What is this?' }] },
    })
  }

const shown = (what: Shown): Feature => ({
  name: what.name,
  answers: saying({ text: 'It is black.' }),
  clients: all(showing(what)),
})

const picture = shown({
  name: 'a picture',
  part: { kind: 'image', url: `data:image/png;base64,${pixel}` },
  openai: { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
  anthropic: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
})

const address = shown({
  name: 'a picture by its address',
  part: { kind: 'image', url: 'https://example.com/a.png?x=1&y=%20' },
  openai: { type: 'image_url', image_url: { url: 'https://example.com/a.png?x=1&y=%20' } },
  anthropic: { type: 'image', source: { type: 'url', url: 'https://example.com/a.png?x=1&y=%20' } },
})

const document = shown({
  name: 'a document',
  part: { kind: 'document', name: 'empty.pdf', mediaType: 'application/pdf', base64: pdf },
  openai: { type: 'file', file: { filename: 'empty.pdf', file_data: `data:application/pdf;base64,${pdf}` } },
  anthropic: {
    type: 'document',
    title: 'empty.pdf',
    source: { type: 'base64', media_type: 'application/pdf', data: pdf },
  },
})

const textShown: Shown = {
  name: 'a document of plain text',
  part: { kind: 'document', name: 'greeting.txt', mediaType: 'text/plain', base64: words },
  openai: { type: 'file', file: { filename: 'greeting.txt', file_data: `data:text/plain;base64,${words}` } },
  anthropic: {
    type: 'document',
    title: 'greeting.txt',
    source: { type: 'text', media_type: 'text/plain', data: 'Grüße aus Köln.\n' },
  },
}

const textDocument: Feature = {
  ...shown(textShown),
  clients: {
    ...all(showing(textShown)),
    'ai-openai': no('its OpenAI provider takes no files but PDF, pictures and sound'),
  },
}

export const mediaFeatures: readonly Feature[] = [picture, address, document, textDocument]
