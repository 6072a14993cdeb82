import {
  asking,
  body,
  bodyBytes,
  head,
  oneChunk,
  size,
  smuggled,
  withChunk,
  withCoding,
  withLength,
} from './raw-requests.ts'

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')
const digits = String(bodyBytes)
const get = (lines: readonly string[], path = '/healthz'): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`

/** What two servers could read differently: each is answered once, with a refusal, and the connection ends. */
export const refused: Readonly<Record<string, string | Buffer>> = {
  // Two lengths.
  'a length and chunks': head([`Content-Length: ${bodyBytes}`, 'Transfer-Encoding: chunked']) + oneChunk + smuggled,
  'chunks and a length': head(['Transfer-Encoding: chunked', 'Content-Length: 4']) + oneChunk + smuggled,
  'the same length twice': withLength(`Content-Length: ${bodyBytes}`),
  'two lengths': withLength('Content-Length: 0'),
  'a list of lengths': head([`Content-Length: ${bodyBytes}, ${bodyBytes}`]) + body,
  'a length with a plus': head([`Content-Length: +${bodyBytes}`]) + body,
  'a length below zero': head(['Content-Length: -1']) + body,
  'a length in hexadecimal': head([`Content-Length: 0x${size}`]) + body,
  'a length with a space inside': head([`Content-Length: ${digits[0]} ${digits.slice(1)}`]) + body,
  'a length with a point': head([`Content-Length: ${bodyBytes}.0`]) + body,
  'no digits as a length': head(['Content-Length: ']) + body,
  'a length beyond 64 bits': head(['Content-Length: 99999999999999999999999']) + body,

  // Codings.
  'identity and a length': withLength('Transfer-Encoding: identity'),
  identity: head(['Transfer-Encoding: identity']) + body,
  'gzip, chunked': withCoding('Transfer-Encoding: gzip, chunked'),
  'chunked, chunked': withCoding('Transfer-Encoding: chunked, chunked'),
  'chunked, identity': withCoding('Transfer-Encoding: chunked, identity'),
  'chunked twice': withCoding('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'),
  'chunked, then identity': withCoding('Transfer-Encoding: chunked', 'Transfer-Encoding: identity'),
  'identity, then chunked': withCoding('Transfer-Encoding: identity', 'Transfer-Encoding: chunked'),
  xchunked: withCoding('Transfer-Encoding: xchunked'),
  'chunked before a space and a colon': withCoding('Transfer-Encoding : chunked'),
  'chunked behind a vertical tab': withCoding('Transfer-Encoding:\x0bchunked'),
  'chunked behind a space that is none': latin(withCoding('Transfer-Encoding:\xa0chunked')),
  'chunked with a NUL': withCoding('Transfer-Encoding: chunked\0'),
  'chunked in quotes': withCoding('Transfer-Encoding: "chunked"'),
  'chunked with a comma': withCoding('Transfer-Encoding: chunked,'),
  'a comma with chunked': withCoding('Transfer-Encoding: ,chunked'),
  'chunked with a parameter': withCoding('Transfer-Encoding: chunked;q=1'),
  'chunked with a return inside': withCoding('Transfer-Encoding: chun\rked'),
  'no coding and a length': withLength('Transfer-Encoding: '),
  'chunked on the next line': withCoding('Transfer-Encoding:\r\n chunked'),
  'chunked in the folded line of another': withLength('X: y\r\n Transfer-Encoding: chunked'),
  'chunks in HTTP/1.0': withCoding('Transfer-Encoding: chunked').replace('HTTP/1.1', 'HTTP/1.0'),

  // Line ends.
  'line feeds only': asking().replaceAll('\r\n', '\n'),
  'a line feed between two headers': withLength('X: 1\nY: 2'),
  'line feeds at the end of the head': head([`Content-Length: ${bodyBytes}`]).replace(/\r\n\r\n$/, '\n\n') + body,
  'a line feed behind the first line': asking().replace('\r\n', '\n'),
  'a return between two headers': withLength('X: 1\rY: 2'),
  'returns at the end of the head': head([`Content-Length: ${bodyBytes}`]).replace(/\r\n\r\n$/, '\r\r') + body,
  'a first header that is folded': 'POST /v1/chat/completions HTTP/1.1\r\n Host: 127.0.0.1\r\n\r\n',

  // Chunks.
  'a line feed behind an extension': withChunk(`${size};a\n`),
  'a line break in a quoted extension': withChunk(`${size};a="\r\n"\r\n`),
  'an extension of 20 kB': withChunk(`${size};${'a'.repeat(20_000)}\r\n`),
  'a line feed behind a size': withChunk(`${size}\n`),
  'a line feed behind the data': withChunk(`${size}\r\n`, '\n0\r\n\r\n'),
  'a size with 0x': withChunk(`0x${size}\r\n`),
  'a size below zero': withChunk('-1\r\n'),
  'a size beyond 64 bits': withChunk('FFFFFFFFFFFFFFFFF\r\n'),
  'a size with a space behind it': withChunk(`${size} \r\n`),
  'a size with a space before it': withChunk(` ${size}\r\n`),
  'a size that is too small': withChunk('5\r\n'),
  'a size that is too large': withChunk(`${(bodyBytes + 2).toString(16)}\r\n`) + smuggled,
  'a length behind the last chunk': withChunk(`${size}\r\n`, '\r\n0\r\nContent-Length: 5\r\n\r\n'),
  'a coding behind the last chunk': withChunk(`${size}\r\n`, '\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n'),
  'another request in place of trailers': withChunk(`${size}\r\n`, '\r\n0\r\n') + smuggled,

  // Hosts and targets.
  'the same host twice': asking('one', ['Host: 127.0.0.1']),
  'two hosts': asking('one', ['Host: other.example']),
  'no host': asking().replace('Host: 127.0.0.1\r\n', ''),
  'a host without a name': asking().replace('Host: 127.0.0.1', 'Host: '),
  'a list of hosts': asking().replace('Host: 127.0.0.1', 'Host: 127.0.0.1, other.example'),
  'a host with a user': asking().replace('Host: 127.0.0.1', 'Host: other@127.0.0.1'),
  'a host with a path': asking().replace('Host: 127.0.0.1', 'Host: 127.0.0.1/healthz?'),
  'a host with a space before its colon': asking().replace('Host: ', 'Host : '),
  'an address as target': asking().replace('POST /', 'POST http://127.0.0.1/'),
  'the address of somebody else as target': asking().replace('POST /', 'POST http://other.example/'),
  'an https address as target': asking().replace('POST /', 'POST https://127.0.0.1/'),
  'a host as target': asking().replace('POST /v1/chat/completions', 'POST 127.0.0.1:80'),
  'a star as target': 'OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n',
  'a NUL in the path': asking().replace('/v1/', '/v1\0/'),
  'a space in the path': asking().replace('completions ', 'completions x '),

  // First lines and header lines.
  'HTTP/0.9': get([]).replace('HTTP/1.1', 'HTTP/0.9'),
  'no version': 'GET /healthz\r\n\r\n',
  'HTTP/1.2': asking().replace('HTTP/1.1', 'HTTP/1.2'),
  'HTTP/1.10': asking().replace('HTTP/1.1', 'HTTP/1.10'),
  'HTTP/2.0': asking().replace('HTTP/1.1', 'HTTP/2.0'),
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'http in small letters': asking().replace('HTTP/1.1', 'http/1.1'),
  'tabs in the first line': asking().replace('POST /v1/chat/completions HTTP', 'POST\t/v1/chat/completions\tHTTP'),
  'a space before the method': ` ${asking()}`,
  'a method in small letters': asking().replace('POST', 'post'),
  'a letter before the method': `G${asking()}`,
  'a header without a colon': asking('one', ['NoColon']),
  'a header without a name': asking('one', [': x']),
  'a header whose name has a space': asking('one', ['X Y: z']),
  'a header whose name is not ASCII': latin(asking('one', ['X\xe9: z'])),
  'a NUL in a header': asking('one', ['X: a\0b']),
  'a NUL in the name of a header': asking('one', ['X\0: b']),
  'a control character in a header': asking('one', ['X: a\x01b']),
  'a TLS hello': Buffer.from('1603010200010001fc0303', 'hex'),
  'no HTTP at all': Buffer.alloc(64, 0xff),
}

/** A conversation over one connection, and what comes of it. */
export interface Understood {
  readonly bytes: string
  readonly statuses: readonly number[]
  readonly asked: readonly string[]
  readonly toHead?: boolean
  /** True when the connection ends with the last answer. */
  readonly ends?: boolean
}

const once = (bytes: string): Understood => ({ bytes, statuses: [200], asked: ['one'] })
const hidden = `Content-Length: ${Buffer.byteLength(smuggled)}`

/** What looks odd and means one thing only: answered as the requests that it is. */
export const understood: Readonly<Record<string, Understood>> = {
  'a plain question': once(asking()),
  'a question in a chunk': once(withCoding('Transfer-Encoding: chunked')),
  'chunked in capitals': once(withCoding('Transfer-Encoding: CHUNKED')),
  'chunked behind a tab': once(withCoding('Transfer-Encoding:\tchunked')),
  'a length with a space behind it': once(head([`Content-Length: ${bodyBytes} `]) + body),
  'a length with zeros before it': once(head([`Content-Length: 000${bodyBytes}`]) + body),
  'a header that is another only to those who take _ for -': once(withLength('Transfer_Encoding: chunked')),
  'an extension of a chunk': once(withChunk(`${size};a=b\r\n`)),
  'a size with zeros before it': once(withChunk(`00000${size}\r\n`)),
  'a trailer': once(withChunk(`${size}\r\n`, '\r\n0\r\nAuthorization: Bearer other\r\n\r\n')),
  'empty lines before the question': once(`\r\n\r\n${asking()}`),
  'a connection header that names the length': once(asking('one', ['Connection: Content-Length'])),
  'an offer of another protocol': once(asking('one', ['Connection: Upgrade', 'Upgrade: h2c'])),
  'HTTP/1.0': { ...once(asking().replace('HTTP/1.1', 'HTTP/1.0')), ends: true },
  'the wish to be asked for the body': { ...once(asking('one', ['Expect: 100-continue'])), statuses: [100, 200] },
  'two questions at once': { bytes: asking() + asking('two'), statuses: [200, 200], asked: ['one', 'two'] },
  'a page and a question': { bytes: get([]) + asking('two'), statuses: [200, 200], asked: ['two'] },
  'a question inside the body of a page': { bytes: get([hidden]) + smuggled, statuses: [200], asked: [] },
  'a question inside the body of a HEAD': {
    bytes: get([hidden]).replace('GET', 'HEAD') + smuggled,
    statuses: [200],
    asked: [],
    toHead: true,
  },
  'a page with a body, then a question': {
    bytes: `${get(['Content-Length: 5'], '/v1/models')}hello${asking('two')}`,
    statuses: [200, 200],
    asked: ['two'],
  },
  'less length than body: a question that is cut, then garbage': {
    bytes: head(['Content-Length: 10']) + body + smuggled,
    statuses: [400],
    asked: [],
    ends: true,
  },
  'no body, then a question': { bytes: head([]) + asking('two'), statuses: [400, 200], asked: ['two'] },
}
