import { testMatrix } from './matrix.ts'
import { textFeatures } from './text-features.ts'

testMatrix('text', textFeatures)
