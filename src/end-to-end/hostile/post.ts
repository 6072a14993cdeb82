import { type IncomingHttpHeaders, request } from 'node:http'

/** The bytes of a body, and where they go. */
export interface Posting {
  readonly port: number
  readonly path: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>> | undefined
}

export interface Posted {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Posts bytes as JSON, whatever they are, over a connection of their own. Rejects after ten seconds. */
export const post = ({ port, path, body, headers }: Posting): Promise<Posted> =>
  new Promise((resolve, reject) => {
    const bytes = Buffer.from(body)
    const outgoing = request({
      ...{ host: '127.0.0.1', port, method: 'POST', path, agent: false, timeout: 10_000 },
      headers: { 'content-type': 'application/json', 'content-length': bytes.length, ...headers },
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('No answer came within ten seconds.')))
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const parts: Buffer[] = []
      incoming.on('data', (part: Buffer) => parts.push(part))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const { statusCode: status = 0, headers: received } = incoming
        resolve({ status, headers: received, text: Buffer.concat(parts).toString('utf8') })
      })
    })
    outgoing.end(bytes)
  })
