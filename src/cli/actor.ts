import { userInfo } from 'node:os'

/** Who works at this command line, for the audit log. */
export const actor = (): string => {
  try {
    return `cli:${userInfo().username}`
  } catch {
    // A container's user may have a number only.
    return 'cli'
  }
}
