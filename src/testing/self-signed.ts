import { generateKeyPairSync, sign } from 'node:crypto'

/** A certificate that nobody vouches for, with its key, both as PEM. */
export interface SelfSigned {
  readonly cert: string
  readonly key: string
}

const tagged = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const length = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, ...parts)
const bits = (content: Uint8Array): Buffer => tagged(0x03, Buffer.from([0]), content)
const ecdsaWithSha256 = sequence(tagged(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
const commonName = (name: string): Buffer =>
  sequence(tagged(0x31, sequence(tagged(0x06, Buffer.from('550403', 'hex')), tagged(0x0c, Buffer.from(name)))))
const time = (text: string): Buffer => tagged(0x17, Buffer.from(text))
const subjectAlternatives = (name: string): Buffer =>
  tagged(
    0xa3,
    sequence(
      sequence(
        tagged(0x06, Buffer.from('551d11', 'hex')),
        tagged(0x04, sequence(tagged(0x82, Buffer.from(name)), tagged(0x87, Buffer.from([127, 0, 0, 1])))),
      ),
    ),
  )

/** Makes a certificate for this name and 127.0.0.1, good from 2020 to 2049, with a key of its own. */
export const selfSigned = (name = 'localhost'): SelfSigned => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const toSign = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    commonName(name),
    sequence(time('200101000000Z'), time('491231235959Z')),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    subjectAlternatives(name),
  )
  const der = sequence(toSign, ecdsaWithSha256, bits(sign('sha256', toSign, privateKey)))
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
}
