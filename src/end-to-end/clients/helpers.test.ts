import { helperFeatures } from './helper-features.ts'
import { testMatrix } from './matrix.ts'

testMatrix('helpers of the clients', helperFeatures)
