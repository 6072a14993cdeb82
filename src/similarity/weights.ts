/**
 * What each feature of a pair says for or against its meaning the same, in log-odds: a logistic regression over 42,000 pairs
 * of everyday questions and of paraphrased sentences of documentation that pass the guard, each beside the nearest texts of
 * a stream of questions. Two questions were called the same where people had called them duplicates. Weights hold for
 * common English words and forms of questions only: none knows a name, a number or a rare word.
 */
export const bias = -9.517

/** In the order of `featuresOf`. */
export const numberWeights: readonly number[] = [
  -7.5303, 4.951, 0.6501, 3.9074, 1.3256, 6.1303, -2.395, 3.4494, -5.6182, 5.5143, 4.9101, -2.8971, 0.1269, 1.1511,
  3.9838, 0.0311, 1.7717, -0.0117, -0.3821, 0.3861, 0.297, -0.0068, -0.0005, -0.4205, 0.2497, 0.3122, 0.3852, 0.4083,
  -0.0055, -0.1711, -0.3119, 0.0439, -0.0688, -1.0282, 1.0356, 0.285, -0.9772, -0.668, -0.1291, -0.1211, -0.1724, 0.459,
  0.6609, 0.5341, 0.0899, -0.4584, 0, 0, 0, 0, 0, -0.3105, -0.4485, -0.2941, -0.1408, -0.1226, -0.1753, 0.1398, 0.3363,
  0.1687, 0.0914, -1.0859, -0.2195, 0.03, 0.0679, -1.7764, 0.2452, -0.1186, -0.6936,
]

const named: Readonly<Record<string, string>> = {
  asks: `
    how/what=0.5 how/where=-0.15 how/which=-0.18 how/why=-0.18 how/yes=0.18 none/what=0.28 none/which=0.09
    none/yes=0.7 what/where=0.12 what/which=0.24 what/who=-0.84 what/yes=-0.15 why/yes=-0.28`,
  begins: `
    a_*/the_*=-0.52 how_can/how_do=0.38 how_can/what_are=0.41 how_can/what_is=0.4 how_do/what_are=0.46
    how_do/what_is=-0.07 the_*/the_purpos=-0.2 the_*/you_can=0.39 what_are/what_the=-0.21 what_are/which_are=-0.16
    what_are/which_is=0.1 what_is/what_the=0.07 what_is/what_was=-0.13 what_is/which_is=-0.59`,
  frame: `
    *_the_*_*/what_is_the_*=-0.67 how_can_i_*/how_do_i_*=-0.09 how_do_i_*/how_do_you_*=-0.13
    how_do_i_*/what_is_the_*=0.57 the_*_*_*/the_*_of_the=-0.53 what_are_som_*/what_are_the_*=-0.32
    what_are_som_of/what_are_the_*=-0.13 what_are_som_of/what_is_the_*=0.1 what_are_the_*/what_is_the_*=-0.69
    what_are_the_*/which_is_the_*=-0.35 what_is_*_*/what_is_the_*=-0.23 what_is_the_*/which_is_the_*=-0.66`,
  left: `
    #=-0.54 *=-0.1 A=0.15 a=-0.28 about=0.06 access=-0.72 actual=0.22 add=0.44 advic=-0.68 after=0.08 all=0.44
    allow=-0.11 also=0.12 an=-0.53 answer=-0.22 any=0.27 anyon=-0.15 app=-1.33 are=0.05 as=0.17 ask=-0.34 at=0.27
    availabl=0.42 bas=0.18 becom=0.44 been=-0.28 beginner=0.12 between=0.11 book=-0.81 business=-0.32 but=0.17
    buy=0.24 by=-0.26 call=0.26 card=0.09 chang=0.09 cod=0.06 colleg=0.09 computer=-0.56 could=0.31 cover=-0.33
    creat=-0.29 data=-0.66 day=-0.12 design=-0.32 determin=-0.32 did=-0.16 differenc=-0.56 different=0.09 do=0.13
    document=-1.63 don=-0.37 download=-0.34 each=-0.12 earn=0.44 either=-0.55 engineer=-1.21 ever=0.53 exampl=0.08
    exist=-0.15 experienc=0.39 faster=-0.35 featur=0.48 feel=0.32 fil=-0.93 find=0.24 first=-0.55 follow=0.32
    fre=-0.37 friend=-0.51 from=0.06 function=-1.38 gain=0.05 gam=-0.59 generat=-0.44 get=-0.31 girl=-1.14 giv=0.21
    given=-0.07 good=0.15 had=-0.21 happen=-0.26 has=0.45 help=0.06 her=-0.11 how=0.15 i=0.08 if=0.06 improv=0.18
    in=-0.21 includ=-0.2 information=-0.23 into=0.06 is=-0.19 it=0.15 its=-0.12 job=-0.31 join=-0.07 just=0.8
    know=-0.46 languag=-0.19 learn=-0.19 lif=0.05 lik=-0.25 lov=-1.02 machin=-0.75 main=-0.55 mak=-0.19 make=0.48
    many=-0.76 market=-0.74 me=-0.2 mean=0.33 method=-0.23 money=-0.2 mor=-0.35 most=-0.23 must=0.19 my=0.15 nam=-0.79
    need=-0.33 new=-0.1 not=0.26 number=-0.66 offer=0.43 on=-0.06 one=0.14 onlin=-0.47 only=0.22 option=0.43 or=0.25
    order=-0.33 other=-0.15 our=0.44 out=0.2 over=0.27 pass=-0.62 person=0.13 possibl=0.3 process=-0.21 produc=-0.12
    purpos=0.58 question=-0.55 read=-0.16 real=0.48 return=-0.14 sam=-0.15 school=0.66 scienc=-1.29 script=-0.91
    select=-0.54 serv=0.9 sex=-0.41 shall=-0.74 shar=-0.43 should=-0.05 so=0.36 som=0.09 someon=0.32 someth=-0.27
    start=-0.2 structur=-0.28 successful=0.44 such=-0.24 tak=0.23 tell=0.09 than=-0.24 that=0.08 their=-0.35 them=0.29
    then=0.06 ther=0.52 they=0.49 thing=-0.62 this=-0.62 through=0.27 tim=0.48 to=0.08 together=-0.48 tool=-0.57
    topic=-0.84 travel=-0.07 typ=-0.86 up=0.07 upload=0.07 used=-0.32 user=-0.09 using=0.06 version=0.43 want=-0.06
    was=-0.26 way=0.2 we=0.34 websit=-0.81 what=0.17 when=-0.33 wher=-0.13 which=0.48 whil=0.66 who=-0.51 why=-0.15
    will=-0.12 work=-0.14 world=0.56 yes=0.42 you=-0.16 you've=0.27 your=-0.53 yourself=-0.17`,
  means: `
    best/good=0.05 creat/generat=-0.4 data/dataset=-1.28 employ/use=-1.02 furnish/provid=-0.49 offer/provid=0.68
    use/utiliz=-0.43`,
}

/** Of what features are called, such as `left music`. */
export const nameWeights: ReadonlyMap<string, number> = new Map(
  Object.entries(named).flatMap(([kind, list]) =>
    list
      .trim()
      .split(/\s+/)
      .map((entry): [string, number] => {
        const at = entry.lastIndexOf('=')
        return [`${kind} ${entry.slice(0, at).replaceAll('_', ' ')}`, Number(entry.slice(at + 1))]
      }),
  ),
)
