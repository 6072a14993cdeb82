import type { Control } from '../control/control.ts'
import type { CacheStanding } from '../stores/store.ts'

/** Which kept answers are meant: those to which all of this applies; at least one thing must be given. */
export interface Purge {
  /** Shared within this team, in whichever org. */
  readonly team?: string | undefined
  /** The public model. */
  readonly model?: string | undefined
  /** Whose call asked first: `library`, or a virtual key of `fetch`. */
  readonly key?: string | undefined
  /** A tag of the call that asked first, as `name=value`. */
  readonly tag?: string | undefined
  /** All there are; goes with nothing else. */
  readonly all?: true | undefined
}

/** Answers that a gateway keeps. */
export interface AnswerMemory {
  /** Takes them away and gives how many there were. Throws GatewayError. */
  purge(wanted: Purge): Promise<number>
  /** How much is kept. */
  standing(): Promise<CacheStanding>
}

/** The answers that a program's gateway keeps; `actor` is who is written down beside a purge. */
export const answerMemory = (
  control: Pick<Control, 'purgeAnswers' | 'answersStanding'>,
  actor: string,
): AnswerMemory => ({
  purge: ({ key, ...wanted }) => control.purgeAnswers({ ...wanted, owner: key }, actor),
  standing: () => control.answersStanding(),
})
