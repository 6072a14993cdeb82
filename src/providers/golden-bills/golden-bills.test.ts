import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { billOf } from '../../core/bill.ts'
import type { JsonObject } from '../../core/json.ts'
import { usdFromNanos } from '../../core/money.ts'
import type { Usage } from '../../core/usage.ts'
import { anthropicMessages } from '../../wire/anthropic-messages/index.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import type { Wire } from '../../wire/wire.ts'
import { anthropicRow } from '../anthropic.ts'
import { compatibleRows } from '../compatible.ts'
import { factsOf } from '../models.ts'
import type { ProviderRow } from '../row.ts'
import { anthropicBills } from './anthropic.ts'
import type { GoldenBill, GoldenTable } from './bill.ts'
import { deepseekBills } from './deepseek.ts'
import { googleBills } from './google.ts'
import { openaiBills } from './openai.ts'
import { openaiTierBills } from './openai-tiers.ts'
import { otherBills } from './others.ts'

const tables: readonly GoldenTable[] = [
  openaiBills,
  openaiTierBills,
  anthropicBills,
  googleBills,
  deepseekBills,
  ...otherBills,
]

const tuesday = '2026-11-24T12:00:00Z'

const openaiBody = ({ model, usage, serviceTier }: GoldenBill): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
  usage,
  service_tier: serviceTier,
})

const anthropicBody = ({ model, usage }: GoldenBill): JsonObject => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content: [{ type: 'text', text: 'yes' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage,
})

/** The usage as it comes in from outside. */
const readUsage = (wire: Wire, body: JsonObject): Usage => {
  const deltas = wire.reader('whole')(Buffer.from(JSON.stringify(body)))
  const usage = deltas.findLast((delta) => delta.kind === 'usage')?.usage
  assert.ok(usage)
  return usage
}

/** Amounts of USD as ten-trillionths, by the digits people wrote: no code of the gateway has a hand in it. */
const exact = (usd: string): bigint => {
  const [whole = '0', fraction = ''] = usd.split('.')
  return BigInt(whole + fraction.padEnd(13, '0'))
}

const sumOf = ({ lines, extra = '0' }: GoldenBill): bigint =>
  lines.reduce((sum, [tokens, usd]) => sum + (BigInt(tokens) * exact(usd)) / 1_000_000n, exact(extra))

const rowOf = (kind: string): ProviderRow => {
  const row = [anthropicRow, ...compatibleRows].find((each) => each.kind === kind)
  assert.ok(row)
  return row
}

for (const { kind, bills, source, checked } of tables) {
  const row = rowOf(kind)
  const isAnthropic = kind === 'anthropic'
  describe(`${row.title}'s bills by ${source}, read on ${checked}`, () => {
    for (const bill of bills) {
      test(`${bill.model}: ${bill.what}`, () => {
        assert.equal(sumOf(bill), exact(bill.usd), 'the lines do not add up')
        const usage = isAnthropic
          ? readUsage(anthropicMessages, anthropicBody(bill))
          : readUsage(openaiChat, openaiBody(bill))
        const facts = factsOf(row.priceProvider, bill.model, Date.parse(bill.at ?? tuesday))
        const { nanos, basis } = billOf(usage, { facts, quirks: row.quirks })
        assert.ok(nanos !== undefined, 'the price is unknown')
        assert.deepEqual([usdFromNanos(nanos), basis], [bill.usd, bill.basis ?? 'listed'])
      })
    }
  })
}

test('there are enough golden bills, and each of them is one of its kind', () => {
  const names = tables.flatMap(({ kind, bills }) => bills.map(({ what, model }) => `${kind} ${model}: ${what}`))
  assert.ok(names.length >= 60, String(names.length))
  assert.equal(new Set(names).size, names.length)
})
