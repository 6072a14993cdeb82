import { signal } from '@preact/signals'

/** How the dashboard looks; `auto` is as the system has it. */
export type Theme = 'auto' | 'light' | 'dark'

const place = 'tollgate.theme'

const kept = (): Theme => {
  try {
    const value = localStorage.getItem(place)
    return value === 'light' || value === 'dark' ? value : 'auto'
  } catch {
    return 'auto'
  }
}

export const theme = signal<Theme>(kept())

/** Puts the theme in force. */
export const showTheme = (): void => {
  document.documentElement.dataset.theme = theme.value
}

export const chooseTheme = (wanted: Theme): void => {
  theme.value = wanted
  showTheme()
  try {
    localStorage.setItem(place, wanted)
  } catch {
    // Where nothing may be kept, it holds until the page is left.
  }
}
