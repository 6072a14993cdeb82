import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { APICallError, generateText } from 'ai'
import OpenAI from 'openai'
import { plainAllowance } from '../../testing/plain-ledger.ts'
import { aiModel } from '../clients/talk-ai.ts'
import { anthropicClient } from '../clients/talk-anthropic.ts'
import { openaiClient } from '../clients/talk-openai.ts'
import { type Rig, startRig } from './rig.ts'

const messages = [{ role: 'user' as const, content: 'hi' }]

/** Asks once, as a program would: clients try again by themselves where they think it helps. */
const clients: Readonly<Record<string, (url: string) => Promise<unknown>>> = {
  openai: (url) => openaiClient(url, { maxRetries: 5 }).chat.completions.create({ model: 'chat', messages }),
  anthropic: (url) =>
    anthropicClient(url, { maxRetries: 5 }).messages.create({ model: 'claude', max_tokens: 50, messages }),
  'ai-openai': (url) => generateText({ model: aiModel('ai-openai', url, 'chat'), messages }),
  'ai-anthropic': (url) => generateText({ model: aiModel('ai-anthropic', url, 'claude'), messages }),
}

const statusOf = (thrown: unknown): number | undefined => {
  if (thrown instanceof OpenAI.APIError || thrown instanceof Anthropic.APIError) return thrown.status
  return APICallError.isInstance(thrown) ? thrown.statusCode : undefined
}

const askedOf = ({ records, refusals }: Rig): number => records.length + refusals.length

describe('against a budget that is used up', () => {
  for (const [name, ask] of Object.entries(clients)) {
    test(`${name} makes one request when nothing is left`, async () => {
      const budget = plainAllowance({})
      await using rig = await startRig([budget])
      rig.ledger.charge({ allowance: budget, subject: 'key:anonymous' }, budget.limit)
      await assert.rejects(ask(`http://127.0.0.1:${rig.port}`), (thrown) => statusOf(thrown) === 402)
      assert.equal(askedOf(rig), 1)
    })

    test(`${name} makes one request when too little is left`, async () => {
      await using rig = await startRig([plainAllowance({ limit: 1_000n })])
      await assert.rejects(ask(`http://127.0.0.1:${rig.port}`), (thrown) => statusOf(thrown) === 402)
      assert.deepEqual([askedOf(rig), rig.upstream.journal.length], [1, 0])
    })

    test(`${name} makes one request where the price is not known`, async () => {
      const models = { chat: 'open/other', claude: 'anthro/other' }
      await using rig = await startRig([plainAllowance({})], { models })
      await assert.rejects(ask(`http://127.0.0.1:${rig.port}`), (thrown) => statusOf(thrown) === 403)
      assert.equal(askedOf(rig), 1)
    })
  }
})
