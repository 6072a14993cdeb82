/** How urgent a call is against others that wait for the same target, the most urgent first. */
export const priorities = ['high', 'normal', 'low'] as const

export type Priority = (typeof priorities)[number]

/** A wish, as far as it may go: nobody is more urgent than its key allows. */
export const priorityWithin = (wish: Priority | undefined, most: Priority = 'normal'): Priority =>
  wish === undefined || priorities.indexOf(wish) < priorities.indexOf(most) ? most : wish
