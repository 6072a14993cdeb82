import { cores } from './children.ts'
import { coreUs, cpuUs } from './process-figures.ts'
import type { Rig } from './rig.ts'

/** The kernel counts a core's time by sampling, so a small part always seems to be somebody else's. */
const mostForeign = 0.1
const mostTries = 3
/** On a machine that is never quiet repeating helps nothing, so all measurements together repeat this often. */
let repeatsLeft = 12

/**
 * Measures until nothing but the process, or the processes, ran on its core, three times at most; a figure that was disturbed even then is
 * given all the same, and counted as such.
 */
export const undisturbed = async <Figure>(
  rig: Rig,
  pids: number | readonly number[],
  measure: () => Promise<Figure>,
): Promise<Figure> => {
  const own = (): number => [pids].flat().reduce((sum, pid) => sum + cpuUs(pid), 0)
  const foreignUs = (): number => coreUs(cores.measured) - own()
  for (let tries = 1; ; tries++) {
    const [began, before] = [performance.now(), foreignUs()]
    const figure = await measure()
    const foreign = (foreignUs() - before) / ((performance.now() - began) * 1_000)
    if (foreign <= mostForeign) return figure
    rig.say(`disturbed: other programs took ${(foreign * 100).toFixed(0)} % of the measured core`)
    if (tries === mostTries || repeatsLeft === 0) {
      rig.disturbed()
      return figure
    }
    repeatsLeft--
  }
}
