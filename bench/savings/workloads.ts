import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { clustersOf } from './clusters.ts'
import { seeded, shuffled } from './random.ts'

/** A question, and what it means: questions of one cluster have one answer. */
export interface Asked {
  readonly text: string
  readonly cluster: number
}

/** What is asked of the gateway, and what counts. */
export interface Workload {
  readonly id: string
  readonly title: string
  readonly seed: number
  /** Asked first, to fill the memory; nothing of it counts. */
  readonly before: readonly Asked[]
  /** Is what the stream asks kept too? */
  readonly keeps: boolean
  readonly stream: readonly Asked[]
  /** How many could be answered from memory, if hits are reckoned of those; undefined: they are reckoned of all. */
  readonly cacheable: number | undefined
}

const requests = 6_000
const freshShare = 0.35
const exponent = 0.8

/** Clusters by Zipf's law, a random text of each; now and then a question that is asked once. */
export const faqStream = (clusters: readonly (readonly string[])[], seed: number, count = requests): Workload => {
  const random = seeded(seed)
  const ids = clusters.map((_, index) => index)
  const several = shuffled(
    ids.filter((id) => (clusters[id]?.length ?? 0) > 1),
    random,
  )
  const single = shuffled(
    ids.filter((id) => clusters[id]?.length === 1),
    random,
  )
  const sums: number[] = []
  let sum = 0
  for (let rank = 1; rank <= several.length; rank++) {
    sum += rank ** -exponent
    sums.push(sum)
  }
  const stream: Asked[] = []
  while (stream.length < count) {
    const isFresh = random() < freshShare && single.length > 0
    const cluster = (isFresh ? single.pop() : several[placeOf(sums, random() * sum)]) as number
    const texts = clusters[cluster] as readonly string[]
    stream.push({ text: texts[Math.floor(random() * texts.length)] as string, cluster })
  }
  return {
    id: 'W3',
    title: 'stream of frequent questions',
    seed,
    before: [],
    keeps: true,
    stream,
    cacheable: undefined,
  }
}

const placeOf = (sums: readonly number[], value: number): number => {
  let low = 0
  let high = sums.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

interface Pair {
  readonly origin: string
  readonly similar: string
}

/** The origins of one half of the file are kept; then all the similar texts are asked. */
export const halfKept = (pairs: readonly Pair[], half: 0 | 1): Workload => {
  const clusters = clustersOf(pairs.map(({ origin, similar }) => [origin, similar] as const))
  const clusterOf = new Map(clusters.flatMap((texts, id) => texts.map((text): [string, number] => [text, id])))
  const middle = Math.ceil(pairs.length / 2)
  const kept = half === 0 ? pairs.slice(0, middle) : pairs.slice(middle)
  const asked = (text: string): Asked => ({ text, cluster: clusterOf.get(text) as number })
  const before = [...new Set(kept.map(({ origin }) => origin))].map(asked)
  const known = new Set(before.map(({ cluster }) => cluster))
  // In no order: who has an original that was kept, and who has none, is asked by turns as it comes.
  const stream = shuffled(pairs, seeded(half)).map(({ similar }) => asked(similar))
  const cacheable = stream.filter(({ cluster }) => known.has(cluster)).length
  return { id: 'W3b', title: 'half of the answers kept', seed: half, before, keeps: false, stream, cacheable }
}

/** The workloads of a folder of data sets, those whose file is there. */
export const readWorkloads = (folder: string, seeds: readonly number[]): Workload[] => {
  const [questions, mock] = [fileIn(folder, 'qqp_dev.jsonl.gz'), fileIn(folder, 'gptcache_mock_data.json')]
  const workloads: Workload[] = []
  if (questions) {
    const lines = gunzipSync(readFileSync(questions)).toString().trim().split('\n')
    const rows = lines.map((line): [string, string, number] => JSON.parse(line))
    const links = rows.filter(([, , isSame]) => isSame === 1).map(([one, other]) => [one, other] as const)
    const clusters = clustersOf(
      links,
      rows.flatMap((row) => row.slice(0, 2) as [string, string]),
    )
    workloads.push(...seeds.map((seed) => faqStream(clusters, seed)))
  }
  if (mock) {
    const pairs: Pair[] = JSON.parse(readFileSync(mock, 'utf8'))
    workloads.push(halfKept(pairs, 0), halfKept(pairs, 1))
  }
  return workloads
}

const fileIn = (folder: string, name: string): string | undefined =>
  [join(folder, name), join(folder, 'cache', name)].find(existsSync)

const things =
  'password invoice account order parcel refund address photo calendar printer router camera ticket mortgage'
const deeds = 'change delete find download print share move restore cancel track check export rename archive'
const askings = [
  'How do I %?',
  'How can I %?',
  'What is the best way to %?',
  'I want to %, how does that work?',
  'Please tell me how to %',
]

/** A small workload of made-up questions, for where there is no data. */
export const madeUp = (seed: number): Workload => {
  const clusters = things.split(' ').flatMap((thing) =>
    deeds.split(' ').map((deed, index) => {
      const forms = askings.map((asking) => asking.replace('%', `${deed} my ${thing}`))
      return index % 3 === 0 ? forms.slice(0, 1) : forms
    }),
  )
  return { ...faqStream(clusters, seed, 600), id: 'small', title: 'made-up questions' }
}
