import { type Nanos, type Rates, ratesOf, type Tariff, withRates } from '../core/money.ts'

/** A multiple of the usual rates, as a fraction, so that nothing is lost: GPT-4o mini's is five thirds. */
type Factor = readonly [times: bigint, over: bigint]

const half: Factor = [1n, 2n]
const same: Factor = [1n, 1n]
const twice: Factor = [2n, 1n]

interface ServiceTier {
  readonly factor: Factor
  /** What reading from the cache costs: scaled like the rest, as usual, or as much as fresh input. Default scaled. */
  readonly cacheRead?: 'usual' | 'fresh'
}

/** What tiers of a provider cost. For each model the first row that matches on the day counts. */
interface ServiceRow {
  readonly provider: string
  readonly model: RegExp
  /** First day (UTC) on which it holds. */
  readonly from?: string
  /** First day on which it does not hold any more. */
  readonly until?: string
  readonly tiers: Readonly<Record<string, ServiceTier>>
  readonly source: string
  readonly checked: string
}

const checked = '2026-11-24'
const openai = 'https://developers.openai.com/api/docs/pricing'

/** OpenAI's names for one thing: `priority` was renamed `fast` on 2026-07-30, both are taken and reported. */
const fast = (factor: Factor) => ({ priority: { factor }, fast: { factor } })
/** Capacity that was paid for beforehand; what goes beyond it costs as usual. */
const scale = { scale: { factor: same } }
const halved = { batch: { factor: half }, flex: { factor: half } }
const batchWithoutCache = { batch: { factor: half, cacheRead: 'fresh' } } as const

const row = (
  model: RegExp,
  tiers: ServiceRow['tiers'],
  dates: Pick<ServiceRow, 'from' | 'until'> = {},
): ServiceRow => ({
  provider: 'openai',
  model,
  tiers: { ...tiers, ...scale },
  ...dates,
  source: openai,
  checked,
})

const serviceRows: readonly ServiceRow[] = [
  row(/^gpt-6\.2-sol/, { ...halved, ...fast(twice), ultrafast: { factor: [3n, 1n] } }, { until: '2027-03-01' }),
  row(/^gpt-6/, { ...halved, ...fast(twice), ultrafast: { factor: [6n, 1n] } }),
  row(/^gpt-5\.6/, { ...halved, ...fast(twice), ultrafast: { factor: [6n, 1n] } }),
  row(/^gpt-5(\.\d)?-pro/, halved),
  row(/^gpt-5\.5/, { ...halved, ...fast([5n, 2n]) }),
  row(/^gpt-5-mini/, { ...halved, ...fast([9n, 5n]) }),
  row(/^gpt-5/, { ...halved, ...fast(twice) }),
  row(/^gpt-4\.1-nano/, { ...batchWithoutCache, ...fast(twice) }),
  row(/^gpt-4\.1/, { ...batchWithoutCache, ...fast([7n, 4n]) }),
  row(/^gpt-4o-mini/, { ...batchWithoutCache, ...fast([5n, 3n]) }),
  row(/^gpt-4o-2024-05-13/, { ...batchWithoutCache, ...fast([7n, 4n]) }),
  row(/^gpt-4o/, { ...batchWithoutCache, ...fast([17n, 10n]) }),
  row(/^o3(-20|$)/, { ...batchWithoutCache, flex: { factor: half }, ...fast([7n, 4n]) }),
  row(/^o4-mini(-20|$)/, { ...batchWithoutCache, flex: { factor: half }, ...fast([20n, 11n]) }),
  row(/./, batchWithoutCache),
  {
    provider: 'anthropic',
    model: /opus-4-[67]/,
    tiers: { batch: { factor: half }, priority: { factor: same }, fast: { factor: [6n, 1n] } },
    source: 'https://platform.claude.com/docs/en/build-with-claude/fast-mode',
    checked,
  },
  {
    // Priority was paid for beforehand, by the same figures; it is not sold any more.
    provider: 'anthropic',
    model: /./,
    tiers: { batch: { factor: half }, priority: { factor: same }, fast: { factor: twice } },
    source: 'https://platform.claude.com/docs/en/about-claude/pricing',
    checked,
  },
  {
    provider: 'google',
    model: /gemini-3\.[678]-flash/,
    tiers: {
      batch: { factor: half, cacheRead: 'usual' },
      flex: { factor: half, cacheRead: 'usual' },
      priority: { factor: [9n, 5n] },
    },
    source: 'https://ai.google.dev/gemini-api/docs/pricing',
    checked,
  },
  {
    // 75 to 100 percent more, it says: the dearest of these.
    provider: 'google',
    model: /./,
    tiers: {
      batch: { factor: half, cacheRead: 'usual' },
      flex: { factor: half, cacheRead: 'usual' },
      priority: { factor: twice },
    },
    source: 'https://ai.google.dev/gemini-api/docs/optimization',
    checked,
  },
  {
    provider: 'groq',
    model: /./,
    tiers: { flex: { factor: same }, batch: { factor: half } },
    source: 'https://console.groq.com/docs/flex-processing',
    checked,
  },
  {
    provider: 'mistral',
    model: /./,
    tiers: { batch: { factor: half } },
    source: 'https://docs.mistral.ai/capabilities/batch/',
    checked,
  },
  {
    // Its answers say what they cost; this counts for the most a call may cost.
    provider: 'x-ai',
    model: /./,
    tiers: { priority: { factor: twice } },
    source: 'https://docs.x.ai/developers/advanced-api-usage/priority-processing',
    checked,
  },
]

const dayOf = (day: string): number => Date.parse(`${day}T00:00:00Z`)

const holds = ({ from, until }: ServiceRow, at: number): boolean =>
  (from === undefined || at >= dayOf(from)) && (until === undefined || at < dayOf(until))

const scaled = (nanos: Nanos, [times, over]: Factor): Nanos => (nanos * times + over - 1n) / over

const scaleRates = (rates: Rates, { factor, cacheRead }: ServiceTier): Rates => {
  const all = ratesOf((part) => scaled(rates[part], factor))
  if (cacheRead === undefined) return all
  return { ...all, cacheRead: cacheRead === 'usual' ? rates.cacheRead : all.input }
}

/** The tariffs of all tiers whose price is known for a model at a moment; undefined when none is. */
export const servicesOf = (
  { provider, model, at }: { readonly provider: string; readonly model: string; readonly at: number },
  tariff: Tariff,
): ReadonlyMap<string, Tariff> | undefined => {
  const found = serviceRows.find((each) => each.provider === provider && each.model.test(model) && holds(each, at))
  return (
    found &&
    new Map(
      Object.entries(found.tiers).map(([name, tier]) => [name, withRates(tariff, (rates) => scaleRates(rates, tier))]),
    )
  )
}

/** Moments, in Unix milliseconds, at which tiers of a provider change their price. */
export const serviceChanges = (provider: string): readonly number[] =>
  serviceRows
    .filter((each) => each.provider === provider)
    .flatMap(({ from, until }) => [from, until].filter((day) => day !== undefined).map(dayOf))

const regional: ReadonlyMap<string, ReadonlyMap<string, bigint>> = new Map([
  // https://platform.claude.com/docs/en/manage-claude/data-residency, read on 2026-11-24: all tokens, Opus 4.6 and later.
  ['anthropic', new Map([['us', 110n]])],
])

/** Percent of the usual price by the region that answered; undefined where regions are no matter of price. */
export const regionsOf = (provider: string): ReadonlyMap<string, bigint> | undefined => regional.get(provider)
