/** Everything that is tried with every client against every upstream. */
export const featureNames = [
  'a question',
  'a system prompt',
  'a conversation',
  'a stop sequence',
  'a limit of output',
  'a tool call',
  'parallel tool calls',
  'tool results',
  'tool choice: automatic',
  'tool choice: some tool',
  'tool choice: this tool',
  'tool choice: one at a time',
  'tool choice: no tool',
  'tool calls in interleaved pieces',
  'words before a tool call',
  'a forced tool call without arguments',
  'a picture',
  'a picture by its address',
  'a document',
  'a document of plain text',
] as const

export type FeatureName = (typeof featureNames)[number]
