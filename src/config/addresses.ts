/** True for an address that only this machine can reach. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)

/** True for what could be an IP address or the name of a machine. */
export const isHost = (host: string): boolean => /^[A-Za-z0-9:][\w.:%-]{0,252}$/.test(host)

/** A host without the brackets of an IPv6 address, in lower case. */
export const bareHost = (host: string): string => host.replace(/^\[(.*)\]$/, '$1').toLowerCase()

/** What is wrong with a provider's address, or undefined. The address is not repeated: it may hold a password. */
export const baseUrlProblem = (text: string): string | undefined => {
  if (!URL.canParse(text)) return 'expected an address such as https://host/v1'
  const { protocol, username, password, search, hash } = new URL(text)
  if (protocol !== 'http:' && protocol !== 'https:') return `expected an http or https address, got ${protocol}`
  if (username !== '' || password !== '') return 'must not hold a user name or password; use apiKey or headers'
  if (search !== '' || hash !== '' || /[?#]/.test(text)) return 'must not hold a query (?…) or fragment (#…)'
  return undefined
}

/** True for text that may stand in an HTTP header as a credential: printable ASCII without spaces. */
export const isSendable = (secret: string): boolean => /^[\x21-\x7e]+$/.test(secret)
