import { actor } from './actor.ts'
import { type StoreOptions, withControl } from './open-control.ts'
import { print, printJson } from './output.ts'

/** Tells how many answers the file holds. */
export const showCache = (options: StoreOptions): Promise<void> =>
  withControl({ ...options, counts: true }, async (control) => {
    const { disk } = await control.answersStanding()
    if (options.json) printJson({ disk: disk ?? null })
    else if (disk) print(`${disk.entries} answers, ${disk.bytes} of ${disk.mostBytes} bytes.`)
    else print('No answers are kept in a file.')
  })

export interface PurgeOptions extends StoreOptions {
  readonly team?: string
  readonly scope?: string
  readonly owner?: string
  readonly model?: string
  readonly tag?: string
  readonly all?: boolean
}

/** Takes kept answers away, from the file and from every server that shares it. */
export const purgeCache = (options: PurgeOptions): Promise<void> => {
  const { team, scope, owner, model, tag, all, json } = options
  return withControl(options, async (control) => {
    const purged = await control.purgeAnswers({ team, scope, owner, model, tag, all }, actor())
    if (json) printJson({ purged })
    else print(purged === 1 ? '1 answer is gone.' : `${purged} answers are gone.`)
  })
}
