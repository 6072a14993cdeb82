import type { Ending } from './afterwards.ts'
import type { Account, Call } from './call.ts'
import type { Passenger } from './flight-passenger.ts'
import type { Stop } from './stop.ts'

/** What one of several equal calls is asking for all of them. */
export interface Trip {
  /** Whose call it is. */
  readonly leader: Passenger
  readonly call: Call
  readonly stop: Stop
  /** The leader is still there: it has the attempts in its own account. */
  isLed: boolean
  ending: Ending | undefined
}

/** Shows the leader the attempts that were made for it; the lines are the same, more may have come. */
export const share = ({ leader, call }: Trip): void => show(leader.call.account, call.account)

const show = ({ attempts }: Account, { attempts: made }: Account): void => {
  attempts.length = 0
  for (const line of made) attempts.push(line)
}

/** The leader goes, its attempts go on: they are in its record no more, unless all is over. */
export const handOver = (trip: Trip): void => {
  if (trip.ending || !trip.isLed) return
  trip.isLed = false
  const { account } = trip.leader.call
  account.attempts.length = 0
  account.handedOver = true
}
