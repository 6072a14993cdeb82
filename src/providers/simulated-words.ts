type Some = readonly [string, ...string[]]

/** Short words without a meaning of their own, for values of any kind. */
export const words: Some = [
  'amber',
  'basin',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'harbor',
  'inlet',
  'juniper',
  'kelp',
  'lagoon',
  'meadow',
  'north',
  'orchard',
  'prairie',
  'quarry',
  'ridge',
  'summit',
  'tundra',
  'upland',
  'valley',
  'willow',
  'zephyr',
]

/** How a sentence begins. */
export const openings: Some = [
  'In short,',
  'At first sight',
  'On closer inspection',
  'As a rule',
  'In most cases',
  'For what it is worth,',
  'Seen from a distance',
  'Step by step,',
  'More often than not',
  'To begin with,',
]

/** Of what a sentence speaks. */
export const subjects: Some = [
  'the matter',
  'such a question',
  'the usual answer',
  'a careful reader',
  'the simplest case',
  'every detail',
  'the evidence',
  'a good example',
  'the other side',
  'the whole picture',
]

/** What is said of it. */
export const predicates: Some = [
  'turns out to be simpler than it looks',
  'depends on what was asked before',
  'deserves a second look',
  'leads to the same conclusion',
  'is easier to show than to explain',
  'leaves little room for doubt',
  'rests on a few plain facts',
  'changes once the numbers are known',
  'fits well with what we know',
  'needs no further proof',
]

/** How a sentence ends. */
export const endings: Some = [
  'and that is enough here.',
  'which is why it matters.',
  'although there are exceptions.',
  'as many have found before.',
  'and nothing more is needed.',
  'so it is worth the effort.',
  'even when time is short.',
  'and the rest follows from it.',
  'at least for the time being.',
  'as the next step shows.',
]
