/** The kind of a failure of SQS. What it says beside that may name accounts and users. */
export const reasonOf = (error: unknown): string => {
  const name = error instanceof Error ? error.name : 'Error'
  if (name === 'AbortError' || name === 'TimeoutError') return 'it did not answer in time'
  return name === 'Error' ? 'it cannot be reached' : name
}
