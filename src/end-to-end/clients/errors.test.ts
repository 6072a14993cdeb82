import { errorFeatures } from './error-features.ts'
import { testMatrix } from './matrix.ts'

testMatrix('errors', errorFeatures)
