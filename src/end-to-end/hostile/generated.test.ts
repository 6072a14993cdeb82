import { test } from 'node:test'
import { fire } from './generated.ts'

test('two thousand bodies, valid, nearly valid and not: answered or refused in their language, and nothing else', () =>
  fire(2_000))
