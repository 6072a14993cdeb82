/** The name of this wire, in requests, targets and what only it understands. */
export const wireName = 'bedrock-converse'
