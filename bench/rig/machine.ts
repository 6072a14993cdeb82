import { spawnSync } from 'node:child_process'
import { cpus, release, type } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { nodePath } from './children.ts'

const output = (command: string, ...values: string[]): string =>
  spawnSync(command, values, { encoding: 'utf8' }).stdout?.trim() ?? ''

/** What the figures were taken on, in one line. */
export const describeMachine = (): string => {
  const processors = cpus()
  const model = processors[0]?.model.trim() ?? 'unknown CPU'
  const node = output(nodePath, '--version')
  const commit = output('git', 'rev-parse', '--short', 'HEAD')
  return `${model}, ${processors.length} cores, Node ${node}, ${type()} ${release()}, commit ${commit || 'unknown'}`
}

/** How busy all CPUs together are during one second, from 0 to 1. */
export const busyShare = async (): Promise<number> => {
  const before = times()
  await sleep(1_000)
  const after = times()
  return (after.busy - before.busy) / Math.max(1, after.all - before.all)
}

const times = (): { busy: number; all: number } => {
  let busy = 0
  let all = 0
  for (const { times: spent } of cpus()) {
    const working = spent.user + spent.nice + spent.sys + spent.irq
    busy += working
    all += working + spent.idle
  }
  return { busy, all }
}
