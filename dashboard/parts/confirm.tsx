import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { ApiError } from '../api.ts'
import { Dialog } from './dialog.tsx'
import { Failure } from './states.tsx'

interface ConfirmProps {
  readonly title: string
  /** What the button says that does it. */
  readonly action: string
  readonly children: ComponentChildren
  readonly close: () => void
  /** Does it; what it rejects with is shown. */
  readonly act: (fields: FormData) => Promise<void>
  /** It cannot be undone. */
  readonly isGrave?: boolean
}

/** A form in a dialog: shows what is wrong and stays, or closes when it is done. */
export const Confirm = ({ title, action, children, close, act, isGrave = false }: ConfirmProps) => {
  const [error, setError] = useState<ApiError>()
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      await act(new FormData(event.currentTarget as HTMLFormElement))
      close()
    } catch (thrown) {
      setError(thrown instanceof ApiError ? thrown : new ApiError(String(thrown), { status: 0, code: 'internal' }))
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} close={close}>
      <form onSubmit={submit}>
        {children}
        {error && <Failure error={error} />}
        <footer>
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class={isGrave ? 'grave' : 'main'} disabled={isBusy}>
            {action}
          </button>
        </footer>
      </form>
    </Dialog>
  )
}
