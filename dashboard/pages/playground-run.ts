import { eventsIn } from '../events.ts'

/** What is asked in the playground. */
export interface Question {
  readonly model: string
  readonly system: string
  readonly prompt: string
  readonly maxTokens: number | undefined
  /** A virtual key; empty: none is sent. It is kept nowhere. */
  readonly key: string
}

/** An answer as far as it has come. */
export interface Told {
  readonly text: string
  readonly state: 'asking' | 'answering' | 'done' | 'failed' | 'stopped'
  readonly problem?: string | undefined
  /** The id of the call. */
  readonly id?: string | undefined
  readonly target?: string | undefined
  readonly cache?: string | undefined
  readonly attempts?: string | undefined
  readonly costUsd?: string | undefined
  readonly finish?: string | undefined
  readonly inputTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly firstTokenMs?: number | undefined
  readonly durationMs?: number | undefined
}

/** The body of a question, as `POST /v1/chat/completions` takes it. */
export const bodyOf = ({ model, system, prompt, maxTokens }: Question) => ({
  model,
  stream: true,
  stream_options: { include_usage: true },
  ...(maxTokens !== undefined && { max_tokens: maxTokens }),
  messages: [...(system === '' ? [] : [{ role: 'system', content: system }]), { role: 'user', content: prompt }],
})

interface Piece {
  readonly error?: { readonly message?: string }
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null }
    readonly finish_reason?: string | null
  }[]
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null
}

const isPiece = (data: unknown): data is Piece => typeof data === 'object' && data !== null

/** What a piece of the stream adds to what was told before. */
const withPiece = (before: Told, data: Piece, ms: number): Told => {
  if (data.error) return { ...before, state: 'failed', problem: data.error.message ?? 'The answer broke off.' }
  const [choice] = data.choices ?? []
  const more = choice?.delta?.content ?? ''
  return {
    ...before,
    state: 'answering',
    text: before.text + more,
    firstTokenMs: before.firstTokenMs ?? (more === '' ? undefined : ms),
    finish: choice?.finish_reason ?? before.finish,
    inputTokens: data.usage?.prompt_tokens ?? before.inputTokens,
    outputTokens: data.usage?.completion_tokens ?? before.outputTokens,
  }
}

const ofComment = (text: string): Partial<Told> => {
  const facts = new Map([...text.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]))
  if (!text.startsWith('tollgate')) return {}
  return {
    ...(facts.has('cost_usd') && { costUsd: facts.get('cost_usd') }),
    ...(facts.has('target') && { target: facts.get('target') }),
    ...(facts.has('attempts') && { attempts: facts.get('attempts') }),
  }
}

interface Run {
  readonly question: Question
  readonly signal: AbortSignal
  /** Told after each piece. */
  readonly show: (told: Told) => void
}

/** Asks like any caller would, and shows the answer as it comes. Never rejects. */
export const run = async ({ question, signal, show }: Run): Promise<void> => {
  const started = performance.now()
  let told: Told = { text: '', state: 'asking' }
  const tell = (more: Partial<Told>): void => {
    told = { ...told, ...more }
    show(told)
  }
  tell({})
  try {
    const answer = await fetch('../v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(question.key && { authorization: `Bearer ${question.key}` }) },
      body: JSON.stringify(bodyOf(question)),
      signal,
    })
    const header = (name: string): string | undefined => answer.headers.get(name) ?? undefined
    tell({
      id: header('x-request-id'),
      target: header('x-tollgate-target'),
      cache: header('x-tollgate-cache'),
      attempts: header('x-tollgate-attempts'),
      costUsd: header('x-tollgate-cost-usd'),
    })
    if (!answer.ok) {
      const said = await answer.json().catch(() => undefined)
      return tell({ state: 'failed', problem: said?.error?.message ?? `The gateway answered ${answer.status}.` })
    }
    const take = eventsIn((event, data) => {
      if (event === ':') tell(ofComment(String(data)))
      else if (isPiece(data)) tell(withPiece(told, data, performance.now() - started))
    })
    for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) take(text)
    tell({ durationMs: performance.now() - started, ...(told.state !== 'failed' && { state: 'done' }) })
  } catch {
    tell(signal.aborted ? { state: 'stopped' } : { state: 'failed', problem: 'The gateway cannot be reached.' })
  }
}
