import { type HeldFields, more } from '../held.ts'

const content: HeldFields = { role: true, parts: { text: true } }

/** Does a body say more than its request holds in neutral words? */
export const saysMore = more({
  content,
  requests: {
    model: true,
    content,
    title: true,
    taskType: true,
    task_type: true,
    outputDimensionality: true,
    output_dimensionality: true,
  },
})
