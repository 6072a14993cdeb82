// Receives what a gateway tells of jobs, and believes nothing that is not signed. Needs Node.js and no package.
// Run: WEBHOOK_SECRET=whsec_… node examples/webhook-receiver.ts
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

const secret = process.env.WEBHOOK_SECRET ?? ''
const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret)
if (key.length < 16) throw new Error('WEBHOOK_SECRET must be the secret of the endpoint')

const oldestSeconds = 5 * 60
const longestBody = 64 * 1024

const isSigned = (headers: IncomingHttpHeaders, body: Buffer): boolean => {
  const id = String(headers['webhook-id'])
  const timestamp = String(headers['webhook-timestamp'])
  // What somebody recorded long ago is not taken again.
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= oldestSeconds)) return false
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
  // While secrets are exchanged there are several.
  return String(headers['webhook-signature'])
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .map((each) => Buffer.from(each.slice(3), 'base64'))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected))
}

const bytesOf = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > longestBody) return undefined
  }
  return Buffer.concat(chunks)
}

// Each event comes at least once, so an application keeps the ids it has seen where it keeps its data.
const seen = new Set<string>()

const server = createServer(async (request, response) => {
  const body = await bytesOf(request)
  if (body === undefined || !isSigned(request.headers, body)) {
    console.log('refused')
    response.writeHead(401, { connection: 'close' }).end()
    return
  }
  // First the answer: whoever works before it may be asked again.
  response.writeHead(204).end()
  const id = String(request.headers['webhook-id'])
  if (seen.has(id)) return console.log(`${id} again`)
  seen.add(id)
  const { type, data } = JSON.parse(body.toString())
  console.log(`${type} ${data.id}, $${data.cost_usd ?? 'unknown'}, ${data.result_url ?? data.url}`)
})
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`listening at http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
})
