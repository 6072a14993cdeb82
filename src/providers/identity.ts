/** Who calls: headers that prove it, and the secrets in them. */
export interface Identity {
  readonly headers: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

const isSecret = /auth|key|token|secret|cookie|password/

/** `Bearer abc` keeps its secret in the last word; a key that is no such pair is one word. */
const secretIn = (value: string): string => value.slice(value.lastIndexOf(' ') + 1)

/** Added headers without any secret, and a caller's own proof, which wins. */
export const identityWith = (
  proof: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(added))
    if (!isSecret.test(name.toLowerCase())) headers[name.toLowerCase()] = value
  return { ...headers, ...proof }
}

/** The proof with added headers; names become lower-case, and what is added wins. */
export const identityOf = (
  proof: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>> = {},
): Identity => {
  const headers: Record<string, string> = { ...proof }
  for (const [name, value] of Object.entries(added)) headers[name.toLowerCase()] = value
  const secrets = Object.entries(headers)
    .filter(([name, value]) => isSecret.test(name) && value !== '')
    .map(([, value]) => secretIn(value))
  return { headers, secrets }
}
