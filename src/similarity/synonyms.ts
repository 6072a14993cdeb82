import { stemOf } from './words.ts'

/** Words of everyday English of which one mostly does for another, a line each. */
const groups = `
best good great finest ideal perfect excellent top greatest
bad awful terrible poor
big large huge enormous massive
small little tiny
quick fast rapid quickly speedy swift
easy simple easily effortless straightforward
hard difficult tough challenging
begin start commence initiate
end finish conclude terminate
stop quit cease halt prevent avoid
buy purchase
obtain acquire receive retrieve procure
give provide supply offer furnish deliver grant
use utilize utilise employ leverage usage
help assist aid assistance
show display present demonstrate exhibit
make create build construct produce generate craft
fix repair solve resolve rectify
improve enhance boost better upgrade
increase raise grow expand
reduce decrease lower lessen diminish minimize
change modify alter adjust
remove delete erase eliminate
choose select pick opt
need require want necessitate
important crucial vital essential significant key
allow enable permit let
include contain comprise encompass incorporate
ensure guarantee
specify indicate designate define
method approach technique means manner procedure strategy
purpose aim goal objective intention
function role
reason cause
result outcome consequence
problem issue trouble
error mistake fault
answer reply response respond
ask inquire
tell inform
think believe feel opinion view
know understand
learn study
explain describe clarify elaborate
difference distinction differ different dissimilar
similar alike comparable
example instance illustration sample
type kind sort
place location spot site
person individual human
child kid
job career occupation profession employment
money cash funds
price cost expense rate charge
company firm business corporation
film movie
car automobile vehicle
phone mobile smartphone cellphone
photo picture image pic photograph
house home
doctor physician
student pupil
teacher tutor instructor
country nation
earn make
gain get
lose shed
tip advice suggestion guidance recommendation
idea thought concept
meaning definition sense significance
happen occur
possible feasible
necessary needed required
whole entire complete full
almost nearly
usually typically generally normally commonly
often frequently
different various diverse several multiple numerous many
specific particular certain
additional extra further more
currently now presently today nowadays
previous prior former earlier
begin initial
website site webpage
download install
store save keep
load import
run execute perform
process handle
split divide separate partition
combine merge join
convert transform turn
compute calculate determine
evaluate assess measure
check verify validate confirm examine
compare comparison contrast
list enumerate
return yield
access reach
share distribute
update refresh
customize personalize tailor
support assist
contact reach
delay postpone
occupied busy
sad unhappy
happy glad joyful
smart intelligent clever
beautiful pretty lovely
famous popular well-known renowned
rich wealthy
strange weird odd
scary frightening
funny hilarious
love adore
hate dislike
sick ill
die pass
tired exhausted
error exception
document file
documentation docs guide manual
tool utility
library package module
parameter argument
folder directory
dataset data
exact precise accurate
real actual genuine true
main primary principal chief major
various range
enough sufficient adequate
weight fat
beginner novice newbie newcomer
girl woman lady female
boy man guy male
favourite favorite
colour color
behaviour behavior
organise organize
analyse analyze
centre center
programme program
usa us america american
uk britain british
india indian
tv television
pc computer laptop
app application
info information detail
admission admit
interview interviewed
preparation prepare
treatment cure treat remedy
`

const read = (): ReadonlyMap<string, ReadonlySet<number>> => {
  const found = new Map<string, Set<number>>()
  groups
    .trim()
    .split('\n')
    .forEach((line, group) => {
      for (const word of line.split(' ')) {
        const stem = stemOf(word)
        const known = found.get(stem)
        if (known) known.add(group)
        else found.set(stem, new Set([group]))
      }
    })
  return found
}

const groupsOf = read()

/** May one of these stems stand for the other? */
export const areSynonyms = (one: string, other: string): boolean => {
  const mine = groupsOf.get(one)
  const theirs = mine && groupsOf.get(other)
  if (!mine || !theirs) return false
  for (const group of mine) if (theirs.has(group)) return true
  return false
}
