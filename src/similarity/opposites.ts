import { stemOf } from './words.ts'

/** Words that turn a sentence round when one stands for the other: on each line, those before the bar against those after it. */
const groups = `
best good better great | worst bad worse poor
more most maximum max maximal | less least fewer fewest minimum min minimal
high higher highest | low lower lowest
big bigger biggest large larger largest long longer longest | small smaller smallest little tiny short shorter shortest
increase raise grow gain expand improve maximize add rise enhance strengthen boost | decrease reduce lower lose lessen drop shrink minimize fall weaken
lose | gain get keep find
old older oldest | new newer newest young younger youngest
first earliest | last latest final
start begin open enable activate turnon login sign install allow connect lock hide subscribe follow | stop end close disable deactivate turnoff logout uninstall prevent disconnect unlock show unsubscribe unfollow delete
enable allow permit include | disable forbid block prevent exclude deny
buy purchase | sell rent
borrow | lend
win | lose
love like | hate dislike
fast faster fastest quick | slow slower slowest
hot warm | cold cool
rich richer | poor
strong stronger | weak weaker
easy easier easiest simple | hard harder hardest difficult
early earlier before | late later after
left | right
true right correct | false wrong incorrect
good | evil
male man boy husband father son brother boyfriend uncle king | female woman girl wife mother daughter sister girlfriend aunt queen
send upload push export write encode encrypt compress | receive download pull import read decode decrypt decompress
inside in within internal indoor | outside out without external outdoor
up above over | down below under
public | private
pros advantage benefit strength | cons disadvantage drawback weakness
positive profit | negative loss
safe | dangerous unsafe
legal | illegal
accept | reject refuse decline
arrive | leave depart
north northern | south southern
east eastern | west western
horizontal | vertical
input | output
ascending | descending
credit | debit
employer | employee
teacher | student
import | export
alive life born birth | dead death
day morning | night evening
today | yesterday tomorrow
yesterday | tomorrow
married | single divorced
always | never
thin slim | thick fat
weekly | daily monthly yearly
daily | monthly yearly
hour | minute second
minute | second
summer | winter
beginner basic | advanced expert
cheap cheaper cheapest | expensive
before | after
since | until
cause reason | effect consequence treatment cure remedy symptom
symptom | cure treatment
create make | delete destroy remove
save | spend waste
dry | wet
front | back
heavy | light
dark | light bright
near | far
past | future
ancestor parent | descendant child
black | white
single | multiple double
guilty | innocent
lawful | unlawful
introvert | extrovert
liberal | conservative
democrat | republican
`

const read = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>()
  const put = (one: string, other: string): void => {
    if (one === other) return
    const known = found.get(one)
    if (known) known.add(other)
    else found.set(one, new Set([other]))
  }
  for (const line of groups.trim().split('\n')) {
    const [left, right] = line.split(' | ').map((side) => side.split(' '))
    for (const one of left ?? [])
      for (const other of right ?? []) {
        put(one, other)
        put(other, one)
        put(stemOf(one), stemOf(other))
        put(stemOf(other), stemOf(one))
      }
  }
  return found
}

const opposites = read()

const turning = /^(?:un|in|im|il|ir|dis|non|anti|de|under|over|mis|counter|pre|post|sub|super|hypo|hyper)-?/

/** Do these two words say the contrary of each other? */
export const areOpposite = (one: string, other: string): boolean =>
  opposites.get(one)?.has(other) === true || isTurned(one, other) || isTurned(other, one)

/** `unsafe` against `safe`; the rest must be a word of its own, so that `under` is not the contrary of `er`. */
const isTurned = (turned: string, plain: string): boolean => {
  const begin = turning.exec(turned)
  return begin !== null && plain.length >= 4 && turned.slice(begin[0].length) === plain
}
