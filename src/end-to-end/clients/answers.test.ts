import { answerFeatures } from './answer-features.ts'
import { anthropicOnlyFeatures } from './anthropic-only-features.ts'
import { testMatrix } from './matrix.ts'
import { ownWordFeatures } from './own-word-features.ts'

testMatrix('details of questions and answers', [...answerFeatures, ...ownWordFeatures, ...anthropicOnlyFeatures])
