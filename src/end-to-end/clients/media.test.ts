import { testMatrix } from './matrix.ts'
import { mediaFeatures } from './media-features.ts'

testMatrix('pictures and documents', mediaFeatures)
