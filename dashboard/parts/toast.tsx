import { signal } from '@preact/signals'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'good' | 'bad'
}

const toasts = signal<readonly Toast[]>([])
let latest = 0

/** Tells of something that has just happened, for a few seconds. */
export const toast = (text: string, tone: Toast['tone'] = 'good'): void => {
  const id = ++latest
  toasts.value = [...toasts.value, { id, text, tone }]
  setTimeout(() => {
    toasts.value = toasts.value.filter((each) => each.id !== id)
  }, 6_000)
}

/** Where it is told; read out by screen readers. */
export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {toasts.value.map(({ id, text, tone }) => (
      <p key={id} class={tone}>
        {text}
      </p>
    ))}
  </div>
)
