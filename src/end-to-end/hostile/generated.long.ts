import { test } from 'node:test'
import { fire } from './generated.ts'

test('a hundred thousand bodies, valid, nearly valid and not: answered or refused in their language', () =>
  fire(100_000))
