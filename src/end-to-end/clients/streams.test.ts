import { testMatrix } from './matrix.ts'
import { streamFeatures } from './stream-features.ts'

testMatrix('streams', streamFeatures)
