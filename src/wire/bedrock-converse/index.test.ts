import { readAwsStreams, readRequests, readWholes } from '../../testing/samples.ts'
import { wireSuite } from '../../testing/wire-suite.ts'
import { bedrockConverse } from './index.ts'

const folder = (name: string): URL => new URL(`./fixtures/${name}/`, import.meta.url)

wireSuite({
  wire: bedrockConverse,
  streams: readAwsStreams(folder('streams')),
  wholes: readWholes(folder('wholes')),
  requests: readRequests(folder('requests')),
  failing: readAwsStreams(folder('failing')),
  quirks: { systemAnywhere: true },
})
