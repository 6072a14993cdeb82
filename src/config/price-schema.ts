import { number, section } from './fields.ts'

const usd = (description: string, example: number) =>
  number({ least: 0, most: 1e6 }, { description, examples: [example] })

/** What a model costs. */
export const priceSchema = section(
  {
    input: usd('A million prompt tokens.', 0.25),
    output: usd('A million generated tokens.', 2),
    cacheRead: usd("A million prompt tokens read from the provider's cache. Default: as `input`.", 0.025).optional(),
    cacheWrite: usd(
      "A million prompt tokens written to the provider's cache for its short life. Default: as `input`.",
      0.3125,
    ).optional(),
    cacheWriteLong: usd('The same for its long life. Default: as `cacheWrite`.', 0.5).optional(),
    reasoning: usd('A million tokens of reasoning. Default: as `output`.', 2).optional(),
    audioInput: usd('A million prompt tokens of audio. Default: as `input`.', 10).optional(),
    audioOutput: usd('A million generated tokens of audio. Default: as `output`.', 20).optional(),
    perCall: usd('The call itself, in USD, whatever it used.', 0.01).prefault(0),
  },
  { description: 'A part without a price of its own costs as much as the part it belongs to.' },
)
