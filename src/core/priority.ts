/** How urgent a call is against others that wait for the same target, the most urgent first. */
export const priorities = ['high', 'normal', 'low'] as const

/** The least and the greatest share of a key against others that wait. */
export const leastWeight = 0.01
export const mostWeight = 1_000

export type Priority = (typeof priorities)[number]

/** A wish, as far as it may go: nobody is more urgent than its key allows. */
export const priorityWithin = (wish: Priority | undefined, most: Priority = 'normal'): Priority =>
  wish === undefined || priorities.indexOf(wish) < priorities.indexOf(most) ? most : wish
