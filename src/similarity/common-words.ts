/** Stems of common English words, by how many bits of surprise there are in meeting one in a question of everyday life. */
const byRarity: readonly (readonly [bits: number, stems: string])[] = [
  [1.5, `what the is`],
  [2, `how to a in i`],
  [2.5, `do of are`],
  [3, `and can for`],
  [3.5, `why you best it`],
  [4, `my doe on get hav which if`],
  [4.5, `som or be should with that good an your from person`],
  [5, `lik will when who way not would ther at mak`],
  [5.5, `about between one most as wher learn we did differenc any was`],
  [
    6,
    `so lif work me by know tim after thing book this has use they becom year start think find someon real mean much
    ever their am new happen money many`,
  ],
  [
    6.5,
    `want other all mor than engineer world day feel out without job but girl onlin tak question lov first buy go
    program company phon don't up into`,
  ],
  [
    7,
    `languag country possibl study need wer chang liv business could stop number friend used gam woman app plac them
    websit man being compar exampl he student account fre using prepar market sex look different answer win now writ
    servic car read colleg war`,
  ],
  [
    7.5,
    `computer com improv had old song long his been school her say system just video giv ask month only scienc over
    see movi caus help going its still data befor top exam bad no back experienc nam right call movy los play human
    under high our make eat black watch whil anyon important weight guy dur sam two card interest word earn test sit
    idea visit cannot even creat`,
  ],
  [
    8,
    `increas softwar mobil cours social tell laptop own hom doing election hack relationship exist major plan
    consider water great rid then travel download food through dat reason typ cost show interview favorit dog don
    pay bank averag career child government affect around delet problem doesn't whit cod email build hair view tru
    parent she music math apply tip web very follow mechanical term product mov believ too futur support end body
    effect saf design deal each energy worth off law develop skill startup current myself power employe sleep main
    join run never`,
  ],
  [
    8.5,
    `actual city chanc age class univers degre history story marry mind kind process fact development next last
    invest keep someth form benefit light against seen girlfriend you've remov technology review cell messag sery
    common popular hard today die open drink rat biggest fall big scor civil talk alway project behind thes availabl
    requir center pictur mark fat control point him complet quality sentenc successful post valu dream photo train
    kill every presidential salary wrong week tool hour hat grad stock spac worst gain institut block sell allow
    level driv part forc period animal famous machin determin option coach vot reduc offer such ban digital economy
    spe stay list set near medical wear pro avoid yourself application preparation fami group profil legal well
    function moment fix health turn choos differ public both film drug another physic media boyfriend per eye blog
    grow`,
  ],
  [
    9,
    `try sav fac leav abl privat effectiv order hotel structur death hous theory bas advantag user fil speak charg
    given international visa provid singl normal lin fast night model solar boy color add treat network sourc
    general small chemical overcom method property master advic again less polic down shar short lot pregnant hand
    letter pric management gay put marriag religion contact self correct cultur developer hol similar break fight
    topic board devic natural solv credit step suitabl green dark issu send secret understand exact daily tax also
    suicid gift party sid fund porn becaus second field femal actor happy text expect meet area foreign alcohol cur
    restaurant brain describ research calculat industry stor doctor education lose instead fail impact relat team
    purpos mix must height provider scop officer anyth information past limit everyon rol didn't graduat recover
    sign rank investment explain left con paper prevent follower opinion smok let baby`,
  ],
  [
    9.5,
    `full featur pag attack accept position depression distanc s mass exercis political thos basic beginner low tech
    receiv faster matter fir offic strategy event isn't easy solution beautiful track password motivat channel away
    often known lat mal useful etc pass search brand red hurt difficult spend clear recent imag engin convert
    professional act enough formula nuclear appear check already easiest won teacher siz art final sound teach
    character husband rul personal thre security planet onc root pleas internship prefer land hir everyth import
    you're screen admission sport comment detail surviv ios paid ex practic trad dollar resourc recruit wish shop
    decision algorithm oil panel passport prov write writer blood convinc favourit pound els material percentag few
    novel kid though crush clos insid speech commit across pursu son anim permanent licens deep personality transfer
    chemistry proof smartphon chat season coupl financial yes result illegal belly cheat net masturbat policy vs
    lead loss economic decid modern resolution opportunity cook disadvantag cast incom wif crack anxiety gas memory
    smart conversation meth demonetization said programmer father installation cancer bor trip measur willnot server
    wav fear plant traffic rais football releas defin mother masturbation designer driver battery return healthy
    procedur cas evidenc head begin muscl access morn manag electrical connect paint occur register record cloth
    listen rac candidat torrent quit includ install rich necessary clean`,
  ],
  [
    10,
    `sexual taken address rehab might sinc burn reservation recommend mental placement replac diet mistak negativ
    financ rap pain touch greatest databas moral stand player amount doubl citizen blu tourist balanc temperatur
    quick version seem cold graduation physical intelligenc ticket mathematic communication gravity direct potential
    origin present total littl least disorder easi infinit glass standard concept report due protein within rang
    heard together embarrass rather protect camera pressur alon alien okay currency below goal manager serv summer
    cool equation accord object front weed tea inpatient virus positiv customer member workout individual risk
    graphic knowledg subject million alternativ relation draw toward gun conflict drop typical content minimum dead
    partner round original choic military smell growth cut fastest activity suggest location sal society straight
    club investor stag attract gadget creativ global presidency scientific special cash dangerous treatment miss
    flight electric sometim poor loan crim metal non psychology acid bik scam amaz yet simpl young addiction upload
    bring tre scientist milk stream platform skin produc sent edit enjoy ground adult heat department sho far notic
    fly habit staff horror phras lyric perform wall celebrat expensiv inspir birth factor intelligent packag cor
    latest whether told launch hear wait local expand coffe purchas themselv focus worry technical capital claim
    medicin gym switch anonymous existenc entrepreneur highest certification estat whol fresher ad cheap population
    payment introvert advertis key firm box host introduc updat leg goe document egg artist achiev agency insuranc
    prospect tabl third electronic count foot fak stress ice print birthday trick surgery situation sudden beat
    among aren't foreigner continu everyday ris script rock status truth cover corporat freedom episod publish elect
    circl serious older particular link lie stupid success tast dress street airlin regular hold heart figur
    framework urin debat independent handl walk`,
  ],
  [
    10.5,
    `approach declar maximum born actress agent evil climat early vacuum hacker demand till warm emotion refer
    confidenc unlock regard upgrad commercial regret locat multipl perfect articl probability along remember
    campaign somebody destroy display romantic activ historical meat minut tablet road improvement ignor argument
    react shall request importanc bar weapon celebrity taller terrorist specific entranc zero pick harmful academic
    professor larg shot politic pregnancy certificat fee penis fun depress atheist strik pet remain attraction hit
    electricity quot earthquak sort equal symptom log unmarry teeth reach cam scar higher justify ear satellit
    brother requirement contrast flag match promot budget weirdest lesser noth outsid humanity suffer competitiv
    offlin cycl ads leader trend ring harassment thought branch invent hot almost shap died longer quantum arm
    action piec teenager strong tap religious abov catch blow sens proper wash dry generat sing concentrat random
    client forget speaker debit qualify seat certain cop half reaction reliabl tir collaps reject associat stomach
    mom cheapest disabl damag visitor psychopath implement entir daughter twic mod calory ship bachelor pizza
    surgical challeng suggestion invention vocabulary revers hid philosophy aspect generation bigger throw centr
    background besid powerful raw knew wast scratch attend democracy via characteristic chain n affordabl voic slow
    floor colour definition ball nos met headphon select room principl liquid recip abroad fit environment influenc
    production pull condition especial four experiment squar undergraduat flat soon town ago circuit literatur
    consum min supp electoral lawyer secur hardest meant whom sister heavy shoot feed pic efficient divid terrorism
    carbon candy either entry diseas direction tattoo statistic fill robot campus dish failur scen tall emotional
    enter shouldn't medal strength performanc statement debt`,
  ],
]

/** What is not in the list is as rare as this. */
const rarestBits = 12

const rarityOf = new Map(
  byRarity.flatMap(([bits, stems]) => stems.split(/\s+/).map((stem) => [stem, bits / rarestBits])),
)

/** How much a stem says, 0 to 1: next to nothing for words that are everywhere, 1 for all that are not common. */
export const rarity = (stem: string): number => rarityOf.get(stem) ?? 1

/** Is it one of the common words of English? */
export const isCommon = (stem: string): boolean => rarityOf.has(stem)
