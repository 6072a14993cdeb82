// Calls whose answers are fetched later. Run: node examples/jobs.ts
import { createGateway } from 'tollgate'

// With `store: 'sqlite:./tollgate.db'` they outlive the process, and other processes may do them.
const gateway = await createGateway()
const model = process.env.MODEL ?? 'sim/small'

const questions = ['What is a queue?', 'What is a worker?', 'What is a lease?']
const jobs = await Promise.all(
  questions.map((content, index) =>
    gateway.jobs.enqueue(
      { model, messages: [{ role: 'user', content }] },
      { idempotencyKey: `question-${index}`, metadata: { question: content } },
    ),
  ),
)
console.log(`${jobs.length} wait`)

// From here on they are done in this process, two at a time.
const worker = gateway.work({ concurrency: 2 })
for (const { id } of jobs) {
  const { state, metadata, attempts, costUsd } = await gateway.jobs.wait(id)
  console.log(`${metadata?.question} ${state} in attempt ${attempts}, $${costUsd ?? 'unknown'}`)
}
// Finishes what is under way, and gives the rest back.
await worker.close()
await gateway.close()
