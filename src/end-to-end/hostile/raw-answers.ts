/** One HTTP answer as it came over a connection. */
export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const unchunked = (rest: Buffer): { body: Buffer; used: number } => {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = rest.indexOf('\r\n', at)
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16)
    if (lineEnd === -1 || Number.isNaN(size) || lineEnd + 2 + size + 2 > rest.length) throw new Error('a chunk is cut')
    parts.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
    if (size === 0) return { body: Buffer.concat(parts), used: at }
  }
}

const bodyIn = (rest: Buffer, headers: Readonly<Record<string, string>>): { body: Buffer; used: number } => {
  if (headers['transfer-encoding'] === 'chunked') return unchunked(rest)
  const length = Number(headers['content-length'] ?? rest.length)
  if (length > rest.length) throw new Error('a body is cut')
  return { body: rest.subarray(0, length), used: length }
}

/** All answers in what a connection gave back; throws when anything in it is not part of a whole one. */
export const answersIn = (bytes: Buffer, { toHead = false } = {}): RawResponse[] => {
  const answers: RawResponse[] = []
  for (let rest = bytes; rest.length > 0; ) {
    const end = rest.indexOf('\r\n\r\n')
    const [first = '', ...lines] = rest.toString('latin1', 0, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3})(?: |$)/.exec(first)?.[1])
    if (end === -1 || Number.isNaN(status)) throw new Error(`this is no answer: ${JSON.stringify(first.slice(0, 80))}`)
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    rest = rest.subarray(end + 4)
    const isBare = toHead || status < 200
    const { body, used } = isBare ? { body: Buffer.alloc(0), used: 0 } : bodyIn(rest, headers)
    rest = rest.subarray(used)
    answers.push({ status, headers, body: body.toString('utf8') })
  }
  return answers
}
