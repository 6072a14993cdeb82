const question = (prompt: string): string =>
  JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: prompt }] })

/** The body of every request here that is to be understood. */
export const body = question('one')
export const bodyBytes = Buffer.byteLength(body)

/** The head of a question with these header lines, whatever they say. */
export const head = (lines: readonly string[], first = 'POST /v1/chat/completions HTTP/1.1'): string =>
  `${[first, 'Host: 127.0.0.1', 'Content-Type: application/json', ...lines].join('\r\n')}\r\n\r\n`

/** A well-formed question, with more header lines. */
export const asking = (prompt = 'one', lines: readonly string[] = []): string => {
  const said = question(prompt)
  return head([...lines, `Content-Length: ${Buffer.byteLength(said)}`]) + said
}

/** A question that must never be heard where it stands. */
export const smuggled = asking('smuggled')

const hex = (size: number): string => size.toString(16)
const chunked = ['Transfer-Encoding: chunked']

/** The body in one well-formed chunk, with its end. */
export const oneChunk = `${hex(bodyBytes)}\r\n${body}\r\n0\r\n\r\n`

/** A question with these lines beside its length. */
export const withLength = (...lines: string[]): string => head([...lines, `Content-Length: ${bodyBytes}`]) + body

/** A question whose body is chunked, by a header that says so in its own way. */
export const withCoding = (...lines: string[]): string => head(lines) + oneChunk

/** A question whose chunk has this line of its size, and this behind its data. */
export const withChunk = (sizeLine: string, behind = '\r\n0\r\n\r\n'): string =>
  head(chunked) + sizeLine + body + behind

/** The size of the body as chunks say it. */
export const size = hex(bodyBytes)
