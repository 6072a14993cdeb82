import { Transform } from 'node:stream'
import { tooLarge } from './body.ts'

/** Bytes on their way up, never more than `most` of them: then it breaks, and tells with what. */
export const limited = (most: number, exceeded: (error: ReturnType<typeof tooLarge>) => void): Transform => {
  let size = 0
  const upwards = new Transform({
    transform(part: Buffer, _encoding, done) {
      size += part.length
      if (size <= most) {
        done(null, part)
        return
      }
      const error = tooLarge(most)
      exceeded(error)
      done(error)
    },
  })
  // Whoever sends it hears of its error; where nobody does, there is nobody to tell.
  return upwards.on('error', () => {})
}
