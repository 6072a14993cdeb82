import { isObject, type JsonValue } from '../core/json.ts'
import { pick, type Random } from './simulated-random.ts'

/** Changes every string of a JSON text, without its quotes. */
const strings = (json: string, change: (inner: string) => string): string =>
  json.replace(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => change(inner))

const withoutFirst = (value: JsonValue): JsonValue =>
  isObject(value) ? Object.fromEntries(Object.entries(value).slice(1)) : null

/** Mistakes that models make when they are asked for JSON, from what can be put right to what cannot. */
const mistakes: readonly [(json: string) => string, ...((json: string) => string)[]] = [
  (json) => `\`\`\`json\n${json}\n\`\`\``,
  (json) => `Here is what you asked for:\n\n${json}\n\nAnything else?`,
  (json) => json.replace(/[}\]]$/, ',$&'),
  (json) => strings(json, (inner) => `'${inner.replaceAll("'", "\\'").replaceAll('\\"', '"')}'`),
  (json) =>
    json
      .replace(/:true\b/g, ':True')
      .replace(/:false\b/g, ':False')
      .replace(/:null\b/g, ':None'),
  (json) => json.replace(/:(-?\d+(?:\.\d+)?)(?=[,}\]])/g, ':"$1"'),
  (json) => json.slice(0, Math.ceil(json.length / 2)),
  (json) => JSON.stringify(withoutFirst(JSON.parse(json))),
  (json) => `${JSON.stringify(withoutFirst(JSON.parse(json)))}\n${json}`,
  () => 'I am sorry, I cannot answer that.',
]

/** What a careless model says in place of this JSON. */
export const damaged = (json: string, random: Random): string => pick(random, mistakes)(json)
