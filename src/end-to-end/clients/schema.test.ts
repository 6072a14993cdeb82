import { testMatrix } from './matrix.ts'
import { schemaFeatures } from './schema-features.ts'

testMatrix('structured answers', schemaFeatures)
