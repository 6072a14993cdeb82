import { readRequests, readStreams, readWholes } from '../../testing/samples.ts'
import { wireSuite } from '../../testing/wire-suite.ts'
import { gemini } from './index.ts'

const folder = (name: string): URL => new URL(`./fixtures/${name}/`, import.meta.url)

wireSuite({
  wire: gemini,
  streams: readStreams(folder('streams')),
  wholes: readWholes(folder('wholes')),
  requests: readRequests(folder('requests')),
  failing: readStreams(folder('failing')),
  quirks: { endMark: false },
  door: { model: 'public-model', stream: false },
})
