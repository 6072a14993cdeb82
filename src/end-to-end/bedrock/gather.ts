import assert from 'node:assert/strict'
import { isObject, type JsonObject } from '../../core/json.ts'
import type { HeardEvent } from './aws-client.ts'

interface Gathering {
  text: string
  thinking: string
  signature: string | undefined
  redacted: string | undefined
  input: string
  readonly citations: JsonObject[]
  start: JsonObject
}

const begin = (start: JsonObject = {}): Gathering => ({
  text: '',
  thinking: '',
  signature: undefined,
  redacted: undefined,
  input: '',
  citations: [],
  start,
})

const add = (block: Gathering, delta: JsonObject): void => {
  const { text, toolUse, reasoningContent: thought, citation } = delta
  if (typeof text === 'string') block.text += text
  else if (isObject(toolUse)) block.input += toolUse.input
  else if (isObject(citation)) block.citations.push(citation)
  else if (isObject(thought)) {
    if (typeof thought.text === 'string') block.thinking += thought.text
    if (typeof thought.signature === 'string') block.signature = thought.signature
    if (typeof thought.redactedContent === 'string') block.redacted = thought.redactedContent
  }
}

const blockOf = (block: Gathering): JsonObject => {
  const { toolUse } = block.start
  if (isObject(toolUse)) return { toolUse: { ...toolUse, input: JSON.parse(block.input || '{}') } }
  if (block.redacted !== undefined) return { reasoningContent: { redactedContent: block.redacted } }
  if (block.thinking !== '' || block.signature !== undefined)
    return { reasoningContent: { reasoningText: { text: block.thinking, signature: block.signature } } }
  if (block.citations.length === 0) return { text: block.text }
  return { citationsContent: { content: [{ text: block.text }], citations: block.citations } }
}

/** The whole answer that a stream tells, put together as the documentation's examples do: one block after another. */
export const gather = async (stream: AsyncIterable<HeardEvent>): Promise<JsonObject> => {
  const blocks: JsonObject[] = []
  let open: Gathering | undefined
  let answer: JsonObject = {}
  const order: string[] = []
  for await (const { name, value } of stream) {
    if (order.at(-1) !== name) order.push(name)
    const { contentBlockIndex: index, start, delta } = value
    if (name.startsWith('contentBlock')) assert.equal(index, blocks.length, 'blocks are numbered without gaps')
    if (name === 'contentBlockStart' && isObject(start)) open = begin(start)
    else if (name === 'contentBlockDelta' && isObject(delta)) {
      open ??= begin()
      add(open, delta)
    } else if (name === 'contentBlockStop') {
      blocks.push(blockOf(open ?? begin()))
      open = undefined
    } else answer = { ...answer, ...value }
  }
  assert.equal(order[0], 'messageStart')
  assert.deepEqual(order.slice(-2), ['messageStop', 'metadata'])
  return { ...answer, output: { message: { role: 'assistant', content: blocks } } }
}
