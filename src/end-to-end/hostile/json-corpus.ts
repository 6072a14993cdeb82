const prompt = '"messages":[{"role":"user","content":"hi"}],"max_tokens":9'
const start = `{"model":"chat",${prompt}`

/** A question with another field, whose value is written as it stands. */
const withField = (value: string): string => `${start},"x":${value}}`
/** A question that says just this, inside quotation marks. */
const saying = (text: string): string =>
  `{"model":"chat","max_tokens":9,"messages":[{"role":"user","content":"${text}"}]}`

const bytes = (before: string, middle: readonly number[], behind: string): Buffer =>
  Buffer.concat([Buffer.from(before), Buffer.from(middle), Buffer.from(behind)])
const sayingBytes = (...middle: readonly number[]): Buffer =>
  bytes('{"model":"chat","max_tokens":9,"messages":[{"role":"user","content":"', middle, '"}]}')

const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth)
const keys = (count: number): string => `{${Array.from({ length: count }, (_, index) => `"k${index}":0`).join(',')}}`

const million = 1_000_000

/** What is no JSON, or JSON that nobody honest sends, and what the refusal says of it. */
export const refusedJson: Readonly<Record<string, readonly [body: string | Buffer, message: RegExp]>> = {
  // Depth and number.
  'a depth of 65': [withField(nested(64)), /nested deeper than 64/],
  'a depth of 65 objects': [withField(nested(64, '{"a":', '}').replace('}', '1}')), /nested deeper than 64/],
  'a depth of 5,000': [withField(nested(5_000)), /nested deeper than 64/],
  'a depth of half a million': [withField(nested(million / 2 - 100)), /nested deeper than 64/],
  'a million open brackets': ['['.repeat(million), /must be a JSON object/],
  'a million open braces': ['{"a":'.repeat(million / 5), /nested deeper than 64/],
  '200,001 values': [withField(`[${'0,'.repeat(200_000)}0]`), /more than 200000 JSON values/],
  '200,001 empty arrays': [withField(`[${'[],'.repeat(200_000)}[]]`), /more than 200000 JSON values/],
  '110,000 keys': [withField(keys(110_000)), /more than 200000 JSON values/],
  'half a million commas': [withField(`[${','.repeat(million / 2)}]`), /not valid JSON/],

  // The same key twice.
  'two models': [`{"model":"other",${start.slice(1)}}`, /"model" occurs twice/],
  'two models, one in escapes': [`{"mod\\u0065l":"other",${start.slice(1)}}`, /"model" occurs twice/],
  'two lists of messages': [`${start},"messages":[]}`, /"messages" occurs twice/],
  'two roles': [start.replace('"role"', '"role":"system","role"').concat('}'), /"role" occurs twice/],
  'two contents, one in escapes': [
    start.replace('"content"', '"\\u0063ontent":"other","content"').concat('}'),
    /"content" occurs twice/,
  ],
  'a key twice behind a hundred others': [withField(`${keys(100).slice(0, -1)},"k7":1}`), /"k7" occurs twice/],
  'a prototype twice': [`${start},"__proto__":1,"__proto__":2}`, /"__proto__" occurs twice/],

  // Numbers.
  '1e400': [withField('1e400'), /too large to be represented/],
  '-1e400': [withField('-1e400'), /too large to be represented/],
  'a thousand nines': [withField('9'.repeat(1_000)), /too large to be represented|beyond 2\^53/],
  'a million nines': [withField('9'.repeat(million - 200)), /too large to be represented|beyond 2\^53/],
  '2^53 + 1': [withField('9007199254740993'), /beyond 2\^53/],
  '-2^53 - 1': [withField('-9007199254740993'), /beyond 2\^53/],
  NaN: [withField('NaN'), /not valid JSON/],
  Infinity: [withField('Infinity'), /not valid JSON/],
  '-Infinity': [withField('-Infinity'), /not valid JSON/],
  'a plus': [withField('+1'), /not valid JSON/],
  'a zero before': [withField('01'), /not valid JSON/],
  'a point without digits behind': [withField('1.'), /not valid JSON/],
  'a point without digits before': [withField('.5'), /not valid JSON/],
  'a power without digits': [withField('1e'), /not valid JSON/],
  hexadecimal: [withField('0x10'), /not valid JSON/],
  'underscores in a number': [withField('1_000'), /not valid JSON/],
  'a big integer': [withField('1n'), /not valid JSON/],

  // Characters.
  'half a surrogate pair': [saying('\\ud83d'), /surrogate/],
  'halves in the wrong order': [saying('\\ude00\\ud83d'), /surrogate/],
  'half a pair as a key': [withField('{"\\ud800":1}'), /surrogate/],
  'half a pair in the model': [start.replace('chat', '\\udfff').concat('}'), /surrogate/],
  'a byte that begins nothing': [sayingBytes(0xff), /not valid UTF-8/],
  'a byte that goes on from nothing': [sayingBytes(0x80), /not valid UTF-8/],
  'an overlong NUL': [sayingBytes(0xc0, 0x80), /not valid UTF-8/],
  'an overlong quotation mark': [sayingBytes(0xc0, 0xa2), /not valid UTF-8/],
  'a surrogate in UTF-8': [sayingBytes(0xed, 0xa0, 0x80), /not valid UTF-8/],
  'a character beyond Unicode': [sayingBytes(0xf4, 0x90, 0x80, 0x80), /not valid UTF-8/],
  'a character of six bytes': [sayingBytes(0xfc, 0x84, 0x80, 0x80, 0x80, 0x80), /not valid UTF-8/],
  'a character that is cut by the end of its string': [sayingBytes(0xe2, 0x82), /not valid UTF-8/],
  'a character that is cut by the end of the body': [bytes(start, [0xf0, 0x9f, 0x98], ''), /not valid UTF-8/],
  'a wrong byte behind a megabyte': [
    bytes(`${start},"x":"${'é'.repeat(million / 2)}`, [0xff], '"}'),
    /not valid UTF-8/,
  ],
  'UTF-16': [Buffer.from(`${start}}`, 'utf16le'), /not valid JSON/],
  'a mark of byte order': [bytes('', [0xef, 0xbb, 0xbf], `${start}}`), /must be a JSON object/],
  'a NUL in a string': [saying('\0'), /raw control character/],
  'a line break in a string': [saying('\n'), /raw control character/],
  'a tab in a key': [withField('{"a\tb":1}'), /raw control character/],
  'an escape that is none': [saying('\\x41'), /not valid JSON/],
  'an escape of three digits': [saying('\\u123'), /not valid JSON/],
  'half an escape at the end': ['{"a":"\\', /not valid JSON|has no end/],

  // Shape.
  nothing: ['', /is empty/],
  'only spaces': [' \n\t'.repeat(1_000), /is empty/],
  null: ['null', /must be a JSON object/],
  'a list': [`[${start}}]`, /must be a JSON object/],
  'a text': ['"model"', /must be a JSON object/],
  'a number': ['17', /must be a JSON object/],
  'two objects': [`${start}}{}`, /goes on after/],
  'a NUL behind the object': [`${start}}\0`, /goes on after/],
  'a comment': [`${start}/* no */}`, /not valid JSON/],
  'a comma too many': [`${start},}`, /not valid JSON/],
  'a comma too few': [`${start} "x":1}`, /not valid JSON/],
  'a key without marks': [`{model:"chat",${prompt}}`, /not valid JSON/],
  'a key in single marks': [`{'model':"chat",${prompt}}`, /not valid JSON/],
  'no colon': [`{"model" "chat",${prompt}}`, /not valid JSON/],
  'no end': [start, /not valid JSON/],
  'a string without an end': [`${start},"x":"`, /has no end/],
  'a string of a megabyte without an end': [`${start},"x":"${'a'.repeat(million)}`, /has no end/],
  'a bracket that ends a brace': [`${start}]`, /not valid JSON/],
  'True of another language': [withField('True'), /not valid JSON/],
  undefined: [withField('undefined'), /not valid JSON/],
}

/** What is large or odd and honest: it is answered. */
export const takenJson: Readonly<Record<string, string>> = {
  'a depth of 64': withField(nested(63)),
  '-0': withField('-0'),
  '1e-400, which is nothing': withField('1e-400'),
  '2^53 - 1': withField('9007199254740991'),
  'a number of 10,000 digits behind the point': withField(`0.${'3'.repeat(10_000)}`),
  'a whole pair': saying('\\ud83d\\ude00'),
  'an escaped NUL': saying('\\u0000'),
  'marks that reorder text': saying('\\u202e\\u2066'),
  'separators of lines': saying('\\u2028\u2029'),
  'a megabyte of one letter': saying('a'.repeat(million)),
  'a megabyte of escapes': saying('\\u0061'.repeat(million / 6)),
  'a megabyte of backslashes': saying('\\\\'.repeat(million / 2)),
  'a megabyte of quotation marks': saying('\\"'.repeat(million / 2)),
  'a megabyte of line breaks': saying('\\n'.repeat(million / 2)),
  'a megabyte of smiles': saying('😀'.repeat(million / 4)),
  'a megabyte of spaces': ' '.repeat(million) + saying('hi'),
  'a megabyte of spaces inside': saying('hi').replaceAll(':', `:${' '.repeat(million / 6)}`),
  '90,000 keys': withField(keys(90_000)),
  'keys that are numbers': withField('{"0":1,"4294967294":1,"4294967295":1,"-1":1,"1e3":1}'),
  'a key of a megabyte': withField(`{"${'k'.repeat(million)}":1}`),
  'keys of escapes': withField(`{${Array.from({ length: 20_000 }, (_, index) => `"\\u0061${index}":0`).join(',')}}`),
}
