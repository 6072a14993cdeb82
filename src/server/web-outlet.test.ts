import assert from 'node:assert/strict'
import { test } from 'node:test'
import { webOutlet } from './web-outlet.ts'

test('everybody who waits for a slow reader goes on when it reads, a sign of life as well as the answer', {
  timeout: 2_000,
}, async () => {
  let response: Response | undefined
  const outlet = webOutlet(
    (begun) => {
      response = begun
    },
    () => {},
  )
  outlet.head(200, {})
  outlet.write('one')
  const waiting = [outlet.write('two'), outlet.write(': keep-alive')]
  assert.ok(waiting.every((each) => each instanceof Promise))
  const text = response?.text()
  await Promise.all(waiting)
  outlet.end()
  assert.equal(await text, 'onetwo: keep-alive')
})
