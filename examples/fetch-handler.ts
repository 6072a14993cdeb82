// The doors of a gateway inside another server: `gateway.fetch` takes a Request and gives a Response, which is what most
// frameworks speak. Here it is put behind node:http by hand. Run: node examples/fetch-handler.ts
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { createGateway } from 'tollgate'

const gateway = await createGateway()

const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
  const left = new AbortController()
  outgoing.on('close', () => left.abort())
  const isRead = incoming.method === 'GET' || incoming.method === 'HEAD'
  const request = new Request(`http://${incoming.headers.host}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers: new Headers(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    signal: left.signal,
    ...(isRead ? {} : { body: Readable.toWeb(incoming), duplex: 'half' }),
  })
  const response = await gateway.fetch(request)
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  if (response.body) await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing)
  else outgoing.end()
}

const server = createServer((incoming, outgoing) => {
  // A caller that goes away in the middle is no reason for the server to stop.
  pass(incoming, outgoing).catch(() => outgoing.destroy())
}).listen(Number(process.env.PORT ?? 0), '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))

const { port } = server.address() as AddressInfo
const answer = await fetch(`http://127.0.0.1:${port}/v1/messages`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
  body: JSON.stringify({
    model: 'sim/small',
    max_tokens: 200,
    messages: [{ role: 'user', content: 'Where am I?' }],
    stream: true,
  }),
})
console.log(answer.status, answer.headers.get('content-type'), answer.headers.get('x-tollgate-target'))
const events = (await answer.text()).match(/^event: .*$/gm) ?? []
console.log(`${events.length} events, the last one: ${events.at(-1)}`)

server.close()
await gateway.close()
