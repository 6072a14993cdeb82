/** Amazon's short names of formats, and the media types they stand for. */
type Formats = Readonly<Record<string, string>>

const office = 'application/vnd.openxmlformats-officedocument'

export const imageFormats: Formats = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
}

export const documentFormats: Formats = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: `${office}.wordprocessingml.document`,
  xls: 'application/vnd.ms-excel',
  xlsx: `${office}.spreadsheetml.sheet`,
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
}

export const audioFormats: Formats = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  opus: 'audio/opus',
  aac: 'audio/aac',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  mp4: 'audio/mp4',
  m4a: 'audio/m4a',
  webm: 'audio/webm',
  pcm: 'audio/pcm',
  mkv: 'audio/x-matroska',
  mka: 'audio/mka',
  mpeg: 'audio/x-mpeg',
  mpga: 'audio/mpga',
  'x-aac': 'audio/x-aac',
}

/** The media type of a format; undefined for a name of tomorrow. */
export const mediaTypeOf = (formats: Formats, format: unknown): string | undefined =>
  typeof format === 'string' && Object.hasOwn(formats, format) ? formats[format] : undefined

/** The format of a media type, parameters aside; undefined where Amazon has no name for it. */
export const formatOf = (formats: Formats, mediaType: string): string | undefined => {
  const plain = mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const type = plain === 'image/jpg' ? 'image/jpeg' : plain
  return Object.keys(formats).find((format) => formats[format] === type)
}

/** The format that an address ends with, such as `s3://bucket/report.pdf`. */
export const formatOfAddress = (formats: Formats, url: string): string | undefined => {
  const ending = /\.([a-z0-9]+)$/i.exec(url)?.[1]?.toLowerCase() ?? ''
  const format = ending === 'jpg' ? 'jpeg' : ending === 'htm' ? 'html' : ending
  return Object.hasOwn(formats, format) ? format : undefined
}
