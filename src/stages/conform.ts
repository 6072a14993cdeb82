import { Answer, type Form } from '../core/answer.ts'
import { type Call, costOfCall } from '../core/call.ts'
import { Chunk, type Reader } from '../core/chunk.ts'
import type { Delta } from '../core/delta.ts'
import { asGatewayError, GatewayError } from '../core/errors.ts'
import type { Handler, Stage } from '../core/handler.ts'
import type { JsonValue } from '../core/json.ts'
import { usdFromNanos } from '../core/money.ts'
import type { OutputNote, OutputRules, OutputRung } from '../core/output-rules.ts'
import { type Format, type Request, revise } from '../core/request.ts'
import type { Plan } from '../routing/plan.ts'
import { askAgain } from '../structured/ask-again.ts'
import { type Demands, type Faulty, judge, strictTools } from '../structured/judge.ts'
import { type Begun, type Gathered, Held, Proof, Proving } from '../structured/proving.ts'
import { replaced, Said } from '../structured/said.ts'
import type { SchemaChecks } from '../structured/schema-checks.ts'
import type { Wire } from '../wire/wire.ts'

export interface ConformOptions {
  plan(): Plan
  readonly checks: SchemaChecks
  /** A language by its name; undefined: there is none. */
  wire(name: string): Wire | undefined
}

/** What is done where a model says nothing of it. */
const usual: OutputRules = { attempts: 2, fallback: [], mode: 'incremental', rules: [] }

/**
 * Structured output: what was asked for in JSON is held against its schema, put right where that is certain, asked for
 * again with what was wrong, asked of other models, and in the end replaced by a default or an error. A caller never
 * gets an answer that does not satisfy what it asked for as if it did.
 */
export const conform =
  (options: ConformOptions): Stage<Call> =>
  (next) =>
  (call) => {
    const { request } = call
    if (request.operation !== 'chat') return next(call)
    const { format } = request.chat
    const wantsJson = format !== undefined && format.kind !== 'text'
    const tools = strictTools(request)
    if (!wantsJson && tools.size === 0) return next(call)
    const rules = call.output ?? options.plan().find(request.model)?.output
    if (rules === 'off') return next(call)
    return conforming({ ...options, next, call, format: wantsJson ? format : undefined, tools, rules })
  }

interface Task extends ConformOptions {
  readonly next: Handler<Call>
  readonly call: Call
  /** Undefined: only tools are held against their schemas. */
  readonly format: Format | undefined
  readonly tools: Demands['tools']
  /** Undefined: the model's configuration says nothing of it. */
  readonly rules: OutputRules | undefined
}

const conforming = async (task: Task): Promise<Answer> => {
  const problem = await problemOf(task)
  if (problem) {
    // What a provider may understand all the same is not refused where nobody asked for more than to be passed on.
    if (!task.rules) return task.next(task.call)
    throw new GatewayError('invalid_request', `The JSON Schema ${problem.text}.`, { param: problem.param })
  }
  const rules = task.rules ?? usual
  const work = new Work(task, rules)
  const answer = (await work.askFirst()) ?? (await work.askOthers())
  if (answer) return answer
  if (rules.default !== undefined && task.format) return work.defaultAnswer(rules.default)
  throw work.failure()
}

const problemOf = async ({
  format,
  tools,
  checks,
}: Task): Promise<{ readonly text: string; readonly param: string } | undefined> => {
  const schemas = [...tools.values()].map((schema) => ({ schema, param: 'tools' }))
  if (format?.kind === 'schema') schemas.push({ schema: format.schema, param: 'response_format' })
  for (const { schema, param } of schemas) {
    const text = await checks.problemOf(schema)
    if (text !== undefined) return { text, param }
  }
  return undefined
}

/** One call on its way to an answer that satisfies what was asked for. */
class Work {
  readonly #task: Task
  readonly #rules: OutputRules
  readonly #demands: Demands
  #asks = 0
  #firstAttempts = 0
  #isFirstTry = true
  /** Undefined: the last answer broke off before it could be judged. */
  #faulty: Faulty | undefined
  #last: Answer | undefined
  #error: GatewayError | undefined

  constructor(task: Task, rules: OutputRules) {
    this.#task = task
    this.#rules = rules
    const { format, tools } = task
    const schema = format?.kind === 'schema' ? format.schema : undefined
    this.#demands = {
      tools,
      format: format && { schema, isAny: format.kind === 'json' && format.any, rules: rules.rules, check: rules.check },
    }
  }

  /** Asks the model of the call, and again with what was wrong. Undefined: it never did it right. */
  async askFirst(): Promise<Answer | undefined> {
    const call: Call = { ...this.#task.call, conforms: true }
    const answer = await this.#ask(call, 'native')
    if (answer) return answer
    for (let attempt = 2; attempt <= this.#rules.attempts; attempt++) {
      const question = this.#faulty ? questionAgain(call, this.#faulty) : call
      const better = question && (await this.#askMore(question, 'asked_again'))
      if (better) return better
    }
    return undefined
  }

  /** Asks the models that stand in for it. */
  async askOthers(): Promise<Answer | undefined> {
    const { call } = this.#task
    const { model } = call.notes
    for (const other of this.#rules.fallback) {
      const question = { ...call, conforms: true, request: { ...call.request, model: other } }
      const answer = await this.#askMore(question, 'fallback')
      // The record is of what the caller asked for.
      if (model !== undefined) call.notes.model = model
      if (answer) return answer
    }
    return undefined
  }

  defaultAnswer(value: JsonValue): Answer {
    this.#note('default')
    const deltas: readonly Delta[] = [
      { kind: 'start', id: `chatcmpl-${this.#task.call.id}`, model: this.#task.call.request.model },
      { kind: 'text', choice: 0, block: 0, text: JSON.stringify(value) },
      { kind: 'finish', choice: 0, reason: 'stop' },
      { kind: 'end' },
    ]
    return this.#written(this.#last as Answer, deltas)
  }

  failure(): GatewayError {
    this.#note(undefined)
    if (!this.#faulty && this.#error) return this.#error
    const { violations } = this.#faulty ?? nothing
    const { account } = this.#task.call
    const cost = costOfCall(account)
    const where = violations[0] ? `${violations[0].pointer || 'it'} ${violations[0].message}` : 'there is no JSON in it'
    return new GatewayError(
      'output_invalid',
      `No answer satisfied the format that was asked for, after asking ${this.#asks} times: ${where}.`,
      {
        facts: {
          asks: this.#asks,
          attempts: account.attempts.length,
          ...(cost !== undefined && { cost_usd: usdFromNanos(cost) }),
          violations: violations.map(({ pointer, message }) => ({ pointer, message })),
          ...(this.#error && { error: this.#error.code }),
        },
      },
    )
  }

  /** What cannot be asked any more leaves what is there as it is; only the caller's leaving and its time end everything. */
  async #askMore(call: Call, rung: OutputRung): Promise<Answer | undefined> {
    try {
      return await this.#ask(call, rung)
    } catch (thrown) {
      const error = asGatewayError(thrown)
      if (error.code === 'cancelled' || error.code === 'deadline_exceeded') throw error
      this.#error = error
      return undefined
    }
  }

  async #ask(call: Call, rung: OutputRung): Promise<Answer | undefined> {
    this.#asks++
    const answer = await this.#task.next(call).finally(() => {
      if (this.#asks === 1) this.#firstAttempts = call.account.attempts.length
    })
    if (answer.head.form === 'raw') return answer
    this.#last = answer
    const isProving = call.request.stream && answer.head.form === 'events' && this.#rules.mode === 'incremental'
    const gathered = await this.#gather(answer, isProving).catch((thrown) => this.#brokenOff(asGatewayError(thrown)))
    if (gathered === undefined || gathered instanceof Answer) return gathered
    return this.#judge(answer, gathered, rung)
  }

  /** Reads an answer to its end, or as far as to its first words where they may pass. */
  async #gather(answer: Answer, isProving: boolean): Promise<Gathered | Answer> {
    const said = new Said()
    const chunks: Chunk[] = []
    const proof = isProving ? new Proof(this.#demands) : undefined
    let canPass = isProving
    for (let chunk = await answer.pull(); chunk !== undefined; chunk = await answer.pull()) {
      chunks.push(chunk)
      for (const delta of chunk.deltas) {
        said.see(delta)
        if (canPass && proof && !proof.feed(delta)) canPass = false
      }
      // What came whole at once can still be put right.
      if (canPass && proof?.hasBegun && !proof.hasEnded) return this.#passing({ answer, chunks, said, proof })
    }
    return { chunks, said }
  }

  /** Nothing of it has reached the caller: it may be asked for once more. */
  #brokenOff(error: GatewayError): undefined {
    if (error.details.outcome === undefined || error.details.outcome === 'cancelled') throw error
    this.#faulty = undefined
    this.#error = error
    return undefined
  }

  async #judge(answer: Answer, { chunks, said }: Gathered, rung: OutputRung): Promise<Answer | undefined> {
    const judgement = await judge(said, this.#demands, this.#task.checks)
    if (judgement.faulty) {
      this.#faulty = judgement.faulty
      this.#isFirstTry = false
      return undefined
    }
    if (judgement.rung !== 'native') this.#isFirstTry = false
    this.#note(rung === 'native' ? judgement.rung : rung)
    // What is of no language is written in the caller's, so that it can be kept.
    if (judgement.rung === 'native' && this.#task.wire(answer.head.wire))
      return new Answer(answer.head, new Held(chunks))
    const deltas = chunks.flatMap((chunk) => chunk.deltas)
    return this.#written(answer, replaced(deltas, judgement.replaced))
  }

  /** An answer whose words pass while they can still become what was asked for. */
  #passing(begun: Begun): Answer {
    return new Answer(
      begun.answer.head,
      new Proving(begun, {
        demands: this.#demands,
        checks: this.#task.checks,
        note: () => this.#note('native'),
        fail: (faulty) => this.#broken(faulty),
      }),
    )
  }

  #broken(faulty: Faulty): GatewayError {
    this.#faulty = faulty
    this.#isFirstTry = false
    return this.failure()
  }

  /** Deltas in the words of the caller. */
  #written({ head }: Answer, deltas: readonly Delta[]): Answer {
    const { request } = this.#task.call
    const wire = this.#task.wire(request.wire)
    if (!wire) throw new GatewayError('internal', `There is no language named ${request.wire}.`)
    const form: Form = request.stream ? 'events' : 'whole'
    return new Answer({ ...head, wire: wire.name, form }, new Held(chunksOf(wire, form, { deltas, request })))
  }

  #note(rung: OutputRung | undefined): void {
    const note: OutputNote = {
      isFirstTry: this.#isFirstTry,
      asks: this.#asks,
      firstAttempts: this.#firstAttempts,
      schema: this.#task.format?.kind === 'schema' ? this.#task.format.name : undefined,
      ...(rung && { rung }),
    }
    this.#task.call.notes.output = note
  }
}

const nothing: Faulty = { text: '', violations: [] }

/** The same question with the faulty answer behind it; undefined: it cannot be asked without losing a part of it. */
const questionAgain = (call: Call, { text, violations }: Faulty): Call | undefined => {
  const { request } = call
  if (request.untranslatable.length > 0) return undefined
  return { ...call, request: revise(request, { messages: [...request.chat.messages, ...askAgain(text, violations)] }) }
}

const chunksOf = (
  wire: Wire,
  form: Form,
  { deltas, request }: { readonly deltas: readonly Delta[]; readonly request: Request },
): Chunk[] => {
  const writer = wire.writer(form, request)
  let text = ''
  for (const delta of deltas) if (delta.kind !== 'end') text += writer.write(delta)
  text += writer.end()
  const reader = wire.reader(form)
  if (form === 'whole') return [new Chunk(Buffer.from(text), true, reader)]
  const events = wire.framing.splitter().split(Buffer.from(text, wire.framing.encoding))
  return events.map((event, index) =>
    index < events.length - 1 ? new Chunk(event, wire.matters(event), reader) : new Chunk(event, true, closing(reader)),
  )
}

/** The last event is the end, also in a language that has no mark for it. */
const closing =
  (reader: Reader): Reader =>
  (bytes) => [...reader(bytes), { kind: 'end' }]
