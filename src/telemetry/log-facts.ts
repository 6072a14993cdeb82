type Redact = (text: string) => string
type Facts = Readonly<Record<string, unknown>>

const mostCauses = 5
const mostFrames = 20
const mostDepth = 8

/** All facts of a line, with every text in them made fit for a log; errors with their stack and causes. */
export const redactFacts = (facts: Facts, redact: Redact, depth = 1): Record<string, unknown> => {
  const result: Record<string, unknown> = {}
  for (const name in facts) {
    const fact = facts[name]
    if (fact !== undefined) result[name] = typeof fact === 'number' ? fact : redactFact(fact, redact, depth)
  }
  return result
}

const redactFact = (fact: unknown, redact: Redact, depth: number): unknown => {
  if (typeof fact === 'string') return redact(fact)
  if (typeof fact === 'bigint') return fact.toString()
  if (typeof fact !== 'object' || fact === null) return fact
  if (fact instanceof Error) return describeError(fact, redact, mostCauses)
  if (depth >= mostDepth) return '…'
  if (Array.isArray(fact)) return fact.map((inner) => redactFact(inner, redact, depth + 1))
  return redactFacts(fact as Facts, redact, depth + 1)
}

const describeError = (error: Error, redact: Redact, causesLeft: number): Facts => {
  const { code } = error as { code?: unknown }
  const frames = String(error.stack)
    .split('\n')
    .filter((line) => line.startsWith('    at '))
  return {
    name: redact(String(error.name)),
    // The parser's own message quotes the text it could not read, which may be somebody's prompt.
    message: error instanceof SyntaxError ? 'a text could not be parsed' : redact(String(error.message)),
    code: typeof code === 'string' ? redact(code) : undefined,
    stack: frames.slice(0, mostFrames).map((line) => redact(line.trim())),
    cause: causesLeft > 1 ? describeCause(error.cause, redact, causesLeft - 1) : undefined,
  }
}

const describeCause = (cause: unknown, redact: Redact, causesLeft: number): unknown =>
  cause instanceof Error
    ? describeError(cause, redact, causesLeft)
    : cause === undefined
      ? cause
      : redact(String(cause))
