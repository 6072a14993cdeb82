/** What is asked and answered in the benchmarks: bodies of about one kilobyte, as an application would send them. */

const system =
  'You help the gardeners of a public park. Answer in two or three plain sentences, name the tool to use, and say when to call the supervisor.'
const turns = [
  {
    role: 'user',
    content:
      'The drip line along the rose beds lost pressure on Tuesday. I have cleaned the filter and opened the valve fully, yet the last third of the line stays dry while the first plants stand in water. What should I check next, and can I go on watering the other beds meanwhile?',
  },
  {
    role: 'assistant',
    content:
      'A leak or an open end near the start of the line takes the water before it reaches the end. Walk the first ten metres with the pump running and feel under the mulch.',
  },
  {
    role: 'user',
    content:
      'I found a split fitting at the fourth rose and closed it with tape. The pressure is better but not as it was. Is that enough for this week, or must the fitting be replaced today?',
  },
] as const

/** A caller's body for `/v1/chat/completions`. */
export const chatBody = (stream: boolean): string =>
  JSON.stringify({
    model: 'gpt-4o-mini',
    messages: [{ role: 'system', content: system }, ...turns],
    temperature: 0.3,
    max_tokens: 300,
    user: 'gardener-17',
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  })

/** The same question for `/v1/messages`. */
export const messagesBody = (stream: boolean): string =>
  JSON.stringify({ model: 'gpt-4o-mini', system, messages: turns, temperature: 0.3, max_tokens: 300, stream })

/** An upstream's whole answer to it. */
export const completionBody: string = JSON.stringify({
  id: 'chatcmpl-Dq4vT8ZrXw1LbN6sYkE3uPfHc90Ga',
  object: 'chat.completion',
  created: 1793000000,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content:
          'Tape holds for a few days at the low pressure of a drip line, so this week is safe when you look at it every morning. Replace the fitting before the next warm spell: cut the line on both sides with the tube cutter, push in a new barbed coupler, and secure it with two clamps. Flush the open end for a minute afterwards, because dirt that came in through the split may block the last emitters. Call the supervisor when the gauge at the valve stays below one bar after that.',
        refusal: null,
        annotations: [],
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 212,
    completion_tokens: 108,
    total_tokens: 320,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  },
  service_tier: 'default',
  system_fingerprint: 'fp_1f2e3d4c5b',
})

/** The one key that the measured gateways accept. */
export const callerHeaders: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  authorization: 'Bearer sk-gw-0042',
}
