import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { describe, test } from 'node:test'
import { assemble } from '../config/assemble.ts'
import { ConfigError } from '../config/complaints.ts'
import { parseConfig } from '../config/load.ts'

describe('a collector without the packages that it needs', () => {
  test('is told of at the start, with what to install', async () => {
    const hooks = registerHooks({
      resolve: (specifier, context, next) => {
        if (specifier === '@opentelemetry/exporter-trace-otlp-http') throw new Error('There is no such package.')
        return next(specifier, context)
      },
    })
    const input = { discover: false, telemetry: { log: 'silent', traces: { otlp: 'http://127.0.0.1:1' } } } as const
    try {
      await assert.rejects(assemble(await parseConfig(input, {})), (error) => {
        assert.ok(error instanceof ConfigError)
        assert.match(error.message, /telemetry\.traces: needs packages.*npm install @opentelemetry\/sdk-trace/)
        return true
      })
    } finally {
      hooks.deregister()
    }
  })
})
