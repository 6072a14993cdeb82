// Finds the text that is nearest to a question. Run: node examples/embed.ts
import { createGateway } from 'tollgate'

const gateway = await createGateway()
const model = process.env.MODEL ?? 'sim/embed'

const texts = [
  'Foxes live in dens that they dig themselves.',
  'The central bank raised its interest rate.',
  'Bread rises because of yeast.',
]
const question = 'Which rate did the bank raise?'

const { vectors, usage, costUsd, target } = await gateway.embed({ model, input: [question, ...texts] })
const [asked = [], ...others] = vectors

// Vectors have length 1, so their product says how alike they are.
const likeness = (one: readonly number[]) => one.reduce((sum, number, index) => sum + number * (asked[index] ?? 0), 0)
const nearest = texts
  .map((text, index) => ({ text, likeness: likeness(others[index] ?? []) }))
  .toSorted((one, other) => other.likeness - one.likeness)

console.log(nearest[0]?.text)
console.log(`-- ${target}, ${usage?.input} tokens, $${costUsd ?? 'unknown'}`)
await gateway.close()
