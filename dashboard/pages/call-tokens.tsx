import type { CallEntry, Usage } from '../call-types.ts'
import { count } from '../format.ts'
import { Empty } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { Badge, Money } from '../parts/values.tsx'
import { usdOfNanos } from './nanos.ts'

const parts = [
  ['input', 'Input'],
  ['cacheRead', 'Read from the provider’s cache'],
  ['cacheWriteShort', 'Written to it, short-lived'],
  ['cacheWriteLong', 'Written to it, long-lived'],
  ['audioInput', 'Sound, input'],
  ['output', 'Output'],
  ['reasoning', 'Reasoning'],
  ['audioOutput', 'Sound, output'],
] as const satisfies readonly (readonly [keyof Usage, string])[]

/** What each attempt used, in parts that do not overlap, and what it cost. */
export const Tokens = ({ call }: { readonly call: CallEntry }) => {
  const used = call.attempts.filter(({ usage }) => usage)
  if (used.length === 0)
    return <Empty title={call.attempts.length === 0 ? 'Nothing was used.' : 'What was used is unknown.'} />
  const rows = parts.filter(([part]) => used.some(({ usage }) => (usage?.[part] ?? 0) > 0))
  return (
    <Table
      caption="Tokens of each attempt"
      rows={rows}
      keyOf={([part]) => part}
      columns={[
        { title: 'Part', cell: ([, words]) => words },
        ...used.map(({ ordinal, usage }) => ({
          title: used.length === 1 ? 'Tokens' : `Attempt ${ordinal}`,
          isNumber: true,
          cell: ([part]: (typeof rows)[number]) => count(usage?.[part] ?? 0),
        })),
      ]}
      foot={
        <>
          <tr>
            <th scope="row">How that is known</th>
            {used.map(({ ordinal, usage }) => (
              <td key={ordinal} class="right">
                <Badge tone={usage?.source === 'measured' ? 'good' : 'warn'}>{usage?.source}</Badge>
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">Cost</th>
            {used.map(({ ordinal, usage, cost, costUsd }) => (
              <td key={ordinal} class="right">
                <Money amount={costUsd ?? usdOfNanos(cost)} isEstimated={usage?.source === 'estimated'} />
              </td>
            ))}
          </tr>
        </>
      }
    />
  )
}
