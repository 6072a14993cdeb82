import { testMatrix } from './matrix.ts'
import { thinkingFeatures } from './thinking-features.ts'

testMatrix('thinking', thinkingFeatures)
