/** The gate that stands for Tollgate. */
export const Mark = () => (
  <svg width="20" height="20" viewBox="0 0 16 16" aria-hidden="true">
    <rect width="16" height="16" rx="4" fill="currentColor" />
    <path d="M4 12V5m8 7V5M4 7h8" stroke="var(--surface)" stroke-width="1.6" fill="none" stroke-linecap="round" />
  </svg>
)
