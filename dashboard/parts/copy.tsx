import { useState } from 'preact/hooks'
import { toast } from './toast.tsx'

/** Copies a text; where the browser does not let it, says so. */
export const Copy = ({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) => {
  const [isDone, setDone] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setDone(true)
      setTimeout(() => setDone(false), 2_000)
    } catch {
      toast('The browser does not allow copying here. Select the text and copy it.', 'bad')
    }
  }
  return (
    <button type="button" class="small" onClick={copy}>
      {isDone ? 'Copied' : label}
    </button>
  )
}
