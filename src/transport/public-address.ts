import { BlockList, isIP } from 'node:net'

/** Which addresses may be dialled: all of the public internet, and whatever was allowed beside it. */
export interface AddressRule {
  /** Takes an IPv4 or IPv6 address as `net` writes it; what is no address is not allowed. */
  allows(address: string): boolean
}

/**
 * What is nobody's server on the public internet: this machine, private and shared networks, link-local (clouds tell
 * their credentials there), documentation, benchmarks, multicast, reserved.
 */
const notPublic4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Looks public, and is the machine that a virtual machine of Azure runs on.
  '168.63.129.16/32',
]

/** Of IPv6 only `2000::/3` is given out; in it these are not what they seem: Teredo and its like, documentation, 6to4. */
const global6 = '2000::/3'
const notPublic6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const plain: AddressRule = { allows: (address) => isPublic(address) }

/** The rule that lets through what is public, and addresses of these networks (`10.1.0.0/16`, `::1`). Throws a RangeError for what is no network. */
export const createAddressRule = (networks: readonly string[] = []): AddressRule => {
  if (networks.length === 0) return plain
  const allowed = blockListOf(networks)
  return { allows: (address) => isPublic(address) || holds(allowed, address) }
}

/** What is wrong with the name of a network, or undefined. */
export const networkProblem = (text: string): string | undefined =>
  partsOf(text) ? undefined : 'expected an address or a network such as 10.1.0.0/16'

interface Network {
  readonly address: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

const partsOf = (text: string): Network | undefined => {
  const [address = '', size, ...more] = text.split('/')
  const version = address.includes('%') ? 0 : isIP(address)
  if (version === 0 || more.length > 0) return undefined
  const most = version === 4 ? 32 : 128
  const bits = size === undefined ? most : /^\d{1,3}$/.test(size) ? Number(size) : most + 1
  return bits > most ? undefined : { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' }
}

const blockListOf = (networks: readonly string[]): BlockList => {
  const made = new BlockList()
  for (const text of networks) {
    const network = partsOf(text)
    if (!network) throw new RangeError(`${networkProblem(text)}, got ${text}`)
    made.addSubnet(network.address, network.bits, network.family)
  }
  return made
}

const holds = (networks: BlockList, address: string): boolean => {
  const version = address.includes('%') ? 0 : isIP(address)
  return version !== 0 && networks.check(address, version === 4 ? 'ipv4' : 'ipv6')
}

const denied4 = blockListOf(notPublic4)
const given6 = blockListOf([global6])
const denied6 = blockListOf(notPublic6)

/** An address with a zone, or one that stands for another (mapped, translated), is none of the public internet. */
const isPublic = (address: string): boolean => {
  const version = isIP(address)
  if (version === 4) return !holds(denied4, address)
  return version === 6 && holds(given6, address) && !holds(denied6, address)
}
