/**
 * How far a virtual key goes with answers from memory, the least first. `off`: it is given none, and none of its are kept.
 * `exact`: to equal questions only. `semantic`: to similar ones as well, where the model has it so.
 */
export const keyCaches = ['off', 'exact', 'semantic'] as const

export type KeyCache = (typeof keyCaches)[number]
