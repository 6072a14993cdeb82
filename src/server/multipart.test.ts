import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { boundaryOf, formFields, withField } from './multipart.ts'

const bytesOf = async (form: FormData): Promise<{ body: Buffer; boundary: string }> => {
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const boundary = boundaryOf(request.headers.get('content-type') ?? '')
  assert.ok(boundary)
  return { body: Buffer.from(await request.arrayBuffer()), boundary }
}

describe('a form', () => {
  test('has its fields where they are, whatever their values hold', async () => {
    const value = fc.oneof(fc.string(), fc.constantFrom('\r\n', '--', '\r\n--', 'name="model"', '\r\n\r\n'))
    await fc.assert(
      fc.asyncProperty(value, fc.uint8Array({ maxLength: 200 }), async (text, file) => {
        const form = new FormData()
        form.append('model', 'painter')
        form.append('prompt', text)
        form.append('file', new File([Buffer.from(file)], 'a "b".png'))
        const { body, boundary } = await bytesOf(form)
        const fields = formFields(body, boundary)
        assert.deepEqual(
          fields.map(({ name, isFile }) => [name, isFile]),
          [
            ['model', false],
            ['prompt', false],
            ['file', true],
          ],
        )
        const [model, , last] = fields
        assert.equal(body.toString('utf8', model?.from, model?.to), 'painter')
        assert.ok(body.subarray(last?.from, last?.to).equals(Buffer.from(file)))
      }),
      { numRuns: 60 },
    )
  })

  test('is the same but for one field when that has another value', async () => {
    const form = new FormData()
    form.append('a', '1')
    form.append('model', 'painter')
    form.append('z', '2')
    const { body, boundary } = await bytesOf(form)
    const field = formFields(body, boundary).find(({ name }) => name === 'model')
    assert.ok(field)
    const changed = withField(body, field, 'a much longer name')
    assert.equal(changed.toString(), body.toString().replace('painter', 'a much longer name'))
    assert.equal(formFields(changed, boundary).length, 3)
  })

  test('may have an empty value', () => {
    const body = Buffer.from('--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n\r\n--b--\r\n')
    const [field] = formFields(body, 'b')
    assert.equal(body.toString('utf8', field?.from, field?.to), '')
  })

  test('is refused wherever it is cut', () => {
    const whole = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n--b--'
    for (let cut = 0; cut < whole.length; cut++)
      assert.throws(() => formFields(Buffer.from(whole.slice(0, cut)), 'b'), { code: 'invalid_request' }, String(cut))
  })

  test('is none by another content type, or with a boundary that could be read in two ways', () => {
    for (const type of [
      'application/json',
      'multipart/mixed; boundary=b',
      'multipart/form-data',
      'multipart/form-data; boundary=a; boundary=b',
    ])
      assert.equal(boundaryOf(type), undefined, type)
    assert.equal(boundaryOf('multipart/form-data; boundary="a b"'), undefined)
    assert.equal(boundaryOf('multipart/form-data; boundary="----x_1"'), '----x_1')
  })
})
