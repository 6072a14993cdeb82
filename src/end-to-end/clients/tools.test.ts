import { testMatrix } from './matrix.ts'
import { toolDetailFeatures } from './tool-detail-features.ts'
import { toolFeatures } from './tool-features.ts'

testMatrix('tools', [...toolFeatures, ...toolDetailFeatures])
