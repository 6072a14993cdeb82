import { useEffect, useRef, useState } from 'preact/hooks'
import { ApiError, ask } from '../api.ts'
import { Card } from '../parts/card.tsx'
import { Field, textIn } from '../parts/fields.tsx'
import { Head } from '../parts/head.tsx'
import { Failure } from '../parts/states.tsx'
import { Explained, type Plan } from './explained.tsx'
import { Answer } from './playground-answer.tsx'
import { bodyOf, type Question, run, type Told } from './playground-run.ts'

interface Models {
  readonly names: readonly string[]
  readonly problem: string | undefined
}

/** The models that a key may use; asked at the callers' door, which may be at another address. */
const useCallerModels = (key: string): Models => {
  const [models, setModels] = useState<Models>({ names: [], problem: undefined })
  useEffect(() => {
    const leaving = new AbortController()
    const look = async (): Promise<Models> => {
      const headers = new Headers(key === '' ? undefined : { authorization: `Bearer ${key}` })
      const answer = await fetch('../v1/models', { headers, signal: leaving.signal })
      const told = await answer.json().catch(() => undefined)
      if (answer.ok) return { names: told.data.map(({ id }: { id: string }) => id), problem: undefined }
      if (answer.status === 401) return { names: [], problem: 'A virtual key is needed: write one below.' }
      const apart =
        answer.status === 404
          ? 'Administrators come in at an address of their own here; nothing can be asked from it. '
          : ''
      return { names: [], problem: apart + (told?.error?.message ?? '') }
    }
    look().then(setModels, () => {})
    return () => leaving.abort()
  }, [key])
  return models
}

const questionsIn = (fields: FormData): Question[] => {
  const text = (name: string): string => String(fields.get(name) ?? '').trim()
  const maxTokens = Number(text('maxTokens'))
  const models = [text('model'), text('other')].filter((model) => model !== '')
  return models.map((model) => ({
    model,
    system: text('system'),
    prompt: text('prompt'),
    key: text('key'),
    maxTokens: maxTokens > 0 ? maxTokens : undefined,
  }))
}

/** Asks one model, or two side by side, like any caller would. */
export const Playground = () => {
  const [key, setKey] = useState('')
  const { names, problem } = useCallerModels(key)
  const [answers, setAnswers] = useState<readonly (Told & { readonly model: string })[]>([])
  const [plans, setPlans] = useState<readonly Plan[]>([])
  const [error, setError] = useState<ApiError>()
  const stopping = useRef<AbortController>(undefined)
  const form = useRef<HTMLFormElement>(null)
  const isBusy = answers.some(({ state }) => state === 'asking' || state === 'answering')
  useEffect(() => () => stopping.current?.abort(), [])
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    const questions = questionsIn(new FormData(event.currentTarget as HTMLFormElement))
    const stopper = new AbortController()
    stopping.current = stopper
    const { signal } = stopper
    setPlans([])
    setError(undefined)
    setAnswers(questions.map(({ model }) => ({ model, text: '', state: 'asking' })))
    questions.forEach((question, index) => {
      const show = (told: Told): void =>
        setAnswers((before) =>
          before.map((each, place) => (place === index ? { ...told, model: question.model } : each)),
        )
      void run({ question, signal, show })
    })
  }
  const explain = async (): Promise<void> => {
    if (!form.current?.reportValidity()) return
    const questions = questionsIn(new FormData(form.current))
    setAnswers([])
    setError(undefined)
    try {
      const key = textIn(new FormData(form.current), 'keyName')
      const bodies = questions.map((question) => ({ endpoint: '/v1/chat/completions', body: bodyOf(question), key }))
      setPlans(await Promise.all(bodies.map((body) => ask<Plan>('/explain', { method: 'POST', body }))))
    } catch (thrown) {
      if (thrown instanceof ApiError) setError(thrown)
    }
  }
  return (
    <>
      <Head title="Playground" />
      <div class="stack">
        <Card title="Ask">
          <form class="stack" ref={form} onSubmit={submit}>
            {problem !== undefined && <p class="warn">{problem}</p>}
            <div class="pair">
              <Field label="Model" name="model" isRequired known={names} value={names[0]} key={names[0]} />
              <Field
                label="Compare with"
                name="other"
                known={names}
                hint="Another model, asked the same; may be empty."
              />
              <Field label="Virtual key" name="key" type="password" change={setKey} hint="Kept for this page only." />
              <Field label="Most tokens" name="maxTokens" type="number" value="256" />
              <Field
                label="Explain as the key"
                name="keyName"
                hint="Its name, not its secret; empty: nobody in particular."
              />
            </div>
            <Field label="System prompt" name="system" />
            <label class="field">
              <small class="muted">Prompt</small>
              <textarea name="prompt" required rows={4} />
            </label>
            <p class="row">
              <button type="submit" class="main" disabled={isBusy}>
                Ask
              </button>
              {isBusy && (
                <button type="button" onClick={() => stopping.current?.abort()}>
                  Stop
                </button>
              )}
              <button type="button" onClick={explain} disabled={isBusy}>
                Explain, without asking
              </button>
            </p>
          </form>
        </Card>
        {error && <Failure error={error} retry={explain} />}
        <div class="grid">
          {answers.map((told, index) => (
            <Answer key={`${index} ${told.model}`} model={told.model} told={told} />
          ))}
          {plans.map((plan, index) => (
            <Explained key={`${index} ${plan.asked}`} plan={plan} />
          ))}
        </div>
      </div>
    </>
  )
}
