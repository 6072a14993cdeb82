/** A server that crashes a moment after its start, in the way that its argument names; run as a process of its own. */
import { endOnCrash } from '../../cli/crash.ts'
import { parseConfig } from '../../config/load.ts'
import { startServer } from '../../server/start.ts'

const running = await startServer(await parseConfig({ server: { port: 0 }, discover: false }, {}))
endOnCrash(running.crash)
console.error(`listening on ${running.url}`)

const crash = (): never => {
  throw new Error('a bug that nobody foresaw', { cause: new Error('sk-fault-0123456789abcdef0123456789abcdef') })
}
setTimeout(() => {
  if (process.argv[2] === 'rejection') void Promise.resolve().then(crash)
  else crash()
}, 50)
