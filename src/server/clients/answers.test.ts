import { answerFeatures } from './answer-features.ts'
import { testMatrix } from './matrix.ts'
import { ownWordFeatures } from './own-word-features.ts'

testMatrix('details of answers', [...answerFeatures, ...ownWordFeatures])
