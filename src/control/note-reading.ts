import { asGatewayError } from '../core/errors.ts'
import type { Entries } from './entries.ts'

const mostTries = 5

/** Writes a line of audit for a look at what was said in a call. Others may look at the same time: then it is tried again. */
export const noteReading = async (entries: Entries, call: string, actor: string): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      const found = await entries.get('call', 'bodies')
      const note = { actor, action: 'call.read', detail: { call } }
      return await entries.write({
        kind: 'call',
        name: 'bodies',
        document: {},
        expect: found?.version ?? 'new',
        ...note,
      })
    } catch (thrown) {
      if (tries === mostTries || asGatewayError(thrown).code !== 'conflict') throw thrown
    }
  }
}
