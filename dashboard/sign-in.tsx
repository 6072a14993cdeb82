import { useId, useState } from 'preact/hooks'
import { Mark } from './parts/mark.tsx'
import { notice, signIn } from './session.ts'

/** Asks for the token of administrators. */
export const SignIn = () => {
  const id = useId()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token')
    setBusy(true)
    setProblem(await signIn(String(token).trim()))
    setBusy(false)
  }
  const told = problem ?? notice.value
  return (
    <div class="sign-in">
      <main>
        <span class="brand">
          <Mark /> Tollgate
        </span>
        <h1>Sign in</h1>
        <form onSubmit={submit}>
          <div class="field">
            <label for={id}>Admin token</label>
            <input
              id={id}
              name="token"
              type="password"
              required
              autocomplete="current-password"
              aria-describedby={`${id}-hint ${id}-told`}
              aria-invalid={problem === undefined ? undefined : true}
            />
            <small id={`${id}-hint`} class="muted">
              The server prints it when it starts, or it is <code>server.admin.token</code> of the configuration. It is
              kept for this tab only.
            </small>
          </div>
          <div id={`${id}-told`} role="alert">
            {told !== undefined && <p class="failure">{told}</p>}
          </div>
          <button type="submit" class="main" disabled={isBusy}>
            Sign in
          </button>
        </form>
      </main>
    </div>
  )
}
