import { readRequests, readStreams, readWholes } from '../../testing/samples.ts'
import { wireSuite } from '../../testing/wire-suite.ts'
import { openaiChat } from './index.ts'

const fixtures = (folder: string): URL => new URL(`./fixtures/${folder}/`, import.meta.url)

wireSuite({
  wire: openaiChat,
  streams: readStreams(fixtures('streams')),
  wholes: readWholes(fixtures('wholes')),
  failing: readStreams(fixtures('failing')),
  requests: readRequests(fixtures('requests')),
  quirks: { reasoningField: 'reasoning_content' },
})
