import { readRequests, readStreams, readWholes } from '../../testing/samples.ts'
import { wireSuite } from '../../testing/wire-suite.ts'
import { openaiResponses } from './index.ts'

const fixtures = (folder: string): URL => new URL(`./fixtures/${folder}/`, import.meta.url)

wireSuite({
  wire: openaiResponses,
  streams: readStreams(fixtures('streams')),
  wholes: readWholes(fixtures('wholes')),
  failing: readStreams(fixtures('failing')),
  requests: readRequests(fixtures('requests')),
})
