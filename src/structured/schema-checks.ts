import { createHash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { Violation } from '../core/output-rules.ts'
import { schemaProblem } from './schema-limits.ts'
import type { Asked, Told } from './schema-thread.ts'

/** What came of holding a value against a schema. */
export type Verdict =
  | { readonly isValid: true }
  | { readonly isValid: false; readonly violations: readonly Violation[] }
  /** The schema cannot be used, with a sentence for whoever wrote it. */
  | { readonly isValid: undefined; readonly problem: string }

/** Holds values against schemas of callers, beside the thread that serves them. */
export interface SchemaChecks {
  /** Never rejects, and never takes longer than the limits allow. */
  check(schema: JsonObject, value: JsonValue): Promise<Verdict>
  /** Why a schema cannot be used; undefined: it can. */
  problemOf(schema: JsonObject): Promise<string | undefined>
  close(): Promise<void>
}

export interface SchemaChecksOptions {
  /** Milliseconds for a schema that was never seen, its thread's start not counted. Default 500. */
  readonly compileMs?: number | undefined
  /** Milliseconds for one value. Default 200. */
  readonly validateMs?: number | undefined
}

const threadFile = new URL(`./schema-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** Schemas that are remembered, with what was found of them. */
const mostRemembered = 2_000
/** A thread that has just been started is given so much time to be ready. */
const startMs = 5_000
const mostHeapMiB = 96
/** Values that wait for the thread; beyond them a check takes too long as well. */
const mostWaiting = 1_000

/** Starts no thread before it is asked. */
export const createSchemaChecks = (options: SchemaChecksOptions = {}): SchemaChecks => {
  const { compileMs = 500, validateMs = 200 } = options
  // What was never seen is compiled in a thread of its own, so that it cannot hold up what is known to be good.
  const trial = createThread()
  const proven = createThread()
  const remembered = new Map<string, string | undefined>()

  const remember = (name: string, problem: string | undefined): string | undefined => {
    remembered.set(name, problem)
    if (remembered.size > mostRemembered) remembered.delete(remembered.keys().next().value as string)
    return problem
  }

  const problemOf = async (name: string, schema: JsonObject): Promise<string | undefined> => {
    if (remembered.has(name)) return remembered.get(name)
    const problem = schemaProblem(schema)
    if (problem !== undefined) return remember(name, problem)
    const told = await trial.ask({ name, schema, value: undefined }, compileMs)
    if (told === undefined) return remember(name, `takes longer than ${compileMs} ms to be understood`)
    return remember(name, 'problem' in told ? told.problem : undefined)
  }

  return {
    problemOf: (schema) => problemOf(nameOf(schema), schema),
    check: async (schema, value) => {
      const name = nameOf(schema)
      const problem = await problemOf(name, schema)
      if (problem !== undefined) return { isValid: undefined, problem }
      const text = JSON.stringify(value)
      let told = await proven.ask({ name, schema: undefined, value: text }, validateMs)
      if (told && 'isUnknown' in told) told = await proven.ask({ name, schema, value: text }, 2 * validateMs)
      if (told === undefined) return { isValid: undefined, problem: `takes longer than ${validateMs} ms to be applied` }
      if ('problem' in told) return { isValid: undefined, problem: told.problem }
      if ('isUnknown' in told || told.violations.length === 0) return { isValid: true }
      return { isValid: false, violations: told.violations }
    },
    close: async () => {
      await Promise.all([trial.end(), proven.end()])
    },
  }
}

const nameOf = (schema: JsonObject): string => createHash('sha256').update(JSON.stringify(schema)).digest('base64url')

interface Waiting {
  readonly asked: Asked
  readonly withinMs: number
  readonly tell: (told: Told | undefined) => void
}

interface Thread {
  /** Undefined: it took too long, or took the thread with it. */
  ask(question: Omit<Asked, 'id'>, withinMs: number): Promise<Told | undefined>
  end(): Promise<void>
}

/** One thread that answers one question after another, and is replaced when one of them takes too long. */
const createThread = (): Thread => {
  const waiting: Waiting[] = []
  let worker: Worker | undefined
  let current: Waiting | undefined
  let timer: NodeJS.Timeout | undefined
  let nextId = 1
  let hasStarted = false

  const finish = (told: Told | undefined): void => {
    clearTimeout(timer)
    const { tell } = current as Waiting
    current = undefined
    tell(told)
    next()
  }

  const replace = (): void => {
    const old = worker
    worker = undefined
    hasStarted = false
    void old?.terminate()
    if (current) finish(undefined)
  }

  const start = (): Worker => {
    const started = new Worker(threadFile, {
      resourceLimits: { maxOldGenerationSizeMb: mostHeapMiB, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
      env: {},
      execArgv: [],
    })
    started.unref()
    started.on('message', (told: Told) => {
      hasStarted = true
      if (started === worker && told.id === current?.asked.id) finish(told)
    })
    const gone = (): void => {
      if (started === worker) replace()
    }
    started.on('error', gone)
    started.on('exit', gone)
    return started
  }

  const next = (): void => {
    if (current) return
    current = waiting.shift()
    if (!current) {
      worker?.unref()
      return
    }
    worker ??= start()
    worker.ref()
    timer = setTimeout(replace, current.withinMs + (hasStarted ? 0 : startMs))
    worker.postMessage(current.asked)
  }

  return {
    ask: (question, withinMs) =>
      new Promise((tell) => {
        if (waiting.length >= mostWaiting) return tell(undefined)
        waiting.push({ asked: { ...question, id: nextId++ }, withinMs, tell })
        next()
      }),
    end: async () => {
      const old = worker
      worker = undefined
      for (const { tell } of waiting.splice(0)) tell(undefined)
      if (current) finish(undefined)
      await old?.terminate()
    },
  }
}
