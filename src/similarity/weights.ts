/**
 * What each feature of a pair says for or against its meaning the same, in log-odds: a logistic regression over 55,000 pairs
 * of everyday questions and of paraphrased sentences of documentation that pass the guard, each beside the nearest texts of
 * a stream of questions. Two questions were called the same where people had called them duplicates. Weights hold for
 * common English words and forms of questions only: none knows a name, a number or a rare word.
 */
export const bias = -10.985

/** In the order of `featuresOf`. */
export const numberWeights: readonly number[] = [
  0.011, -0.519, 0.678, 3.219, 2.347, 1.392, 0.158, 2.255, 1.14, 1.753, 2.317, -2.7, 0.437, 0.638, 2.969, 0.918, 1.321,
  0.159, -0.12, 0.02, -0.098, 0.057, -0.124, -0.3, -0.24, 0.171, 0.149, 0.167, 0.133, 0.803, -0.385, 0.593, 0.064,
  -0.517, 0.846, 0.282, -0.192, -0.406, -0.12, -0.182, -0.145, 0.587, 0.338, 0.58, 0.021, -0.463,
]

const named: Readonly<Record<string, string>> = {
  asks: `
    how/none=-0.64 how/what=0.2 how/where=-0.25 how/which=-0.38 how/why=-0.41 how/yes=-0.13 what/where=-0.15
    what/which=0.09 what/who=-0.68 what/why=-0.11 what/yes=-0.4 why/yes=-0.5`,
  begins: `
    how_can/how_do=0.22 how_can/what_are=0.34 how_can/what_is=0.17 how_do/what_are=0.4 how_do/what_is=0.19
    what_are/what_is=-0.24 what_are/what_the=-0.22 what_are/which_is=-0.06 what_is/what_the=-0.17
    what_is/which_is=-0.43`,
  frame: `
    *_the_*_*/what_is_the_*=-0.45 how_do_i_*/how_do_you_*=-0.11 what_are_som_*/what_are_the_*=-0.27
    what_are_som_of/what_are_the_*=-0.14 what_are_som_of/what_is_the_*=0.08 what_are_the_*/what_is_the_*=-0.41
    what_are_the_*/which_is_the_*=-0.27 what_is_*_*/what_is_the_*=-0.18 what_is_the_*/which_is_the_*=-0.55`,
  left: `
    #=-0.28 *=-0.24 A=0.1 a=-0.27 about=-0.07 account=0.06 after=-0.18 all=0.34 an=-0.29 answer=-0.38 any=0.08
    app=-0.95 are=-0.05 as=-0.05 ask=-0.49 at=0.14 be=-0.06 becom=0.26 been=-0.2 beginner=-0.07 being=-0.1 best=-0.07
    between=-0.08 book=-0.69 business=-0.21 buy=0.31 by=-0.38 car=-0.26 chang=0.06 cod=-0.25 colleg=-0.11
    company=-0.25 computer=-0.4 could=0.06 creat=-0.13 data=-0.55 day=-0.25 design=-0.45 did=-0.23 differenc=-0.27
    different=-0.12 doe=-0.07 don=-0.28 dream=-0.71 earn=0.16 eat=-0.15 engineer=-0.93 ever=0.33 exampl=-0.37
    experienc=0.06 feel=0.06 find=0.21 first=-0.64 food=-0.41 for=-0.06 fre=-0.36 friend=-0.51 gam=-0.41 get=-0.35
    girl=-0.79 girlfriend=-0.75 had=-0.27 happen=-0.35 hav=-0.15 her=-0.06 how=-0.06 human=-0.35 if=-0.13
    important=0.41 in=-0.2 information=-0.43 into=0.12 is=-0.17 job=-0.28 know=-0.15 languag=-0.32 learn=-0.12
    lif=-0.1 lik=-0.22 liv=-0.18 lov=-0.71 machin=-0.76 mak=-0.26 many=-0.78 market=-0.55 me=-0.22 mean=-0.12
    money=-0.14 mor=-0.36 most=-0.41 movi=-0.49 much=-0.25 myself=-0.18 nam=-0.55 need=-0.11 new=-0.24 not=0.13
    of=-0.09 on=-0.15 one=0.07 onlin=-0.38 or=0.23 other=0.05 our=0.08 out=0.16 over=0.16 person=-0.05 plac=-0.21
    possibl=0.22 program=-0.14 provid=-0.18 question=-0.46 real=0.18 school=0.34 scienc=-0.96 sex=-0.32 shall=-0.74
    should=-0.23 sit=-0.06 so=0.11 social=-0.43 someth=-0.45 song=-0.93 start=-0.19 successful=0.18 tak=0.13
    tell=-0.23 than=-0.32 their=-0.18 them=0.1 ther=0.21 they=0.46 thing=-0.72 think=-0.16 this=-0.48 tim=0.31
    tool=-0.36 travel=-0.14 up=0.14 use=0.07 used=-0.2 using=-0.06 video=0.14 want=-0.05 was=-0.31 way=0.09 we=0.21
    web=-0.56 websit=-0.68 when=-0.24 wher=-0.35 who=-0.77 why=-0.36 will=-0.23 work=-0.32 world=0.28 would=-0.08
    writ=-0.19 you=-0.2 you've=0.34 your=-0.4 yourself=-0.27`,
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
