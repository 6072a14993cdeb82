import { GatewayError } from '../core/errors.ts'
import type { JobDoors } from './perform.ts'

/** Where no door was put into a gateway, nothing can be asked of it later. */
export const noJobDoors: JobDoors = {
  perform: async () => {
    throw noDoors()
  },
  check: () => {
    throw noDoors()
  },
  foresee: async () => {
    throw noDoors()
  },
}

const noDoors = (): GatewayError => new GatewayError('not_found', 'This gateway has no doors for jobs.')
