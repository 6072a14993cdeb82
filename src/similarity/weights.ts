/**
 * What each feature of a pair says for or against its meaning the same, in log-odds: a logistic regression over 55,000 pairs
 * of everyday questions and of paraphrased sentences of documentation that pass the guard, each beside the nearest texts of
 * a stream of questions. Two questions were called the same where people had called them duplicates. Weights hold for
 * common English words and forms of questions only: none knows a name, a number or a rare word.
 */
export const bias = -10.927

/** In the order of `featuresOf`. */
export const numberWeights: readonly number[] = [
  0.022, -0.498, 0.746, 3.224, 2.547, 1.424, 0.050, 2.186, 1.112, 1.734, 2.208, -2.629, -0.162, 0.616, 2.947, 1.049, 1.281, 0.119, -0.119, -0.061, -0.022, 0.018, -0.120, -0.386, -0.167, 0.040, 0.114, 0.206, 0.135, 0.838, -0.382, 0.568, 0.035, -0.476, 0.898, 0.283, -0.280, -0.389, -0.114, -0.176, -0.138, 0.591, 0.311, 0.591, 0.052, -0.478,
]

const named: Readonly<Record<string, string>> = {
  asks: `
    how/none=-0.63 how/what=0.22 how/where=-0.19 how/which=-0.37 how/why=-0.42 how/yes=-0.14 what/where=-0.15
    what/which=0.06 what/who=-0.7 what/why=-0.16 what/yes=-0.41 why/yes=-0.54`,
  begins: `
    how_can/how_do=0.22 how_can/what_are=0.34 how_can/what_is=0.14 how_do/what_are=0.43 how_do/what_is=0.18
    what_are/what_is=-0.24 what_are/what_the=-0.16 what_is/what_the=-0.18 what_is/which_is=-0.43`,
  frame: `
    *_the_*_*/what_is_the_*=-0.45 how_do_i_*/how_do_you_*=-0.05 what_are_som_*/what_are_the_*=-0.23
    what_are_som_of/what_are_the_*=-0.15 what_are_som_of/what_is_the_*=0.14 what_are_the_*/what_is_the_*=-0.42
    what_are_the_*/which_is_the_*=-0.34 what_is_*_*/what_is_the_*=-0.22 what_is_the_*/which_is_the_*=-0.53`,
  left: `
    #=-0.24 *=-0.23 A=0.09 a=-0.27 account=0.07 after=-0.18 all=0.34 an=-0.3 answer=-0.37 app=-0.92 are=-0.07
    ask=-0.48 at=0.1 be=-0.07 becom=0.26 been=-0.17 being=-0.1 between=-0.09 book=-0.67 business=-0.24 buy=0.3
    by=-0.39 car=-0.28 chang=0.06 cod=-0.25 colleg=-0.08 company=-0.24 computer=-0.41 could=0.07 creat=-0.14
    data=-0.54 day=-0.28 design=-0.51 did=-0.25 differenc=-0.28 different=-0.1 doe=-0.1 don=-0.35 dream=-0.72
    earn=0.18 eat=-0.22 engineer=-0.92 ever=0.33 exampl=-0.32 feel=0.1 find=0.22 first=-0.59 food=-0.37 for=-0.06
    fre=-0.35 friend=-0.51 gam=-0.43 get=-0.35 girl=-0.8 girlfriend=-0.76 had=-0.26 happen=-0.31 hav=-0.15 help=0.06
    her=-0.08 how=-0.09 human=-0.39 if=-0.14 important=0.41 in=-0.21 information=-0.4 into=0.14 is=-0.18 job=-0.27
    know=-0.14 languag=-0.32 learn=-0.12 lif=-0.09 lik=-0.25 liv=-0.18 lov=-0.69 machin=-0.76 mak=-0.25 many=-0.71
    market=-0.6 me=-0.22 mean=-0.08 money=-0.14 mor=-0.36 most=-0.42 movi=-0.57 much=-0.28 myself=-0.15 nam=-0.53
    need=-0.13 new=-0.28 not=0.12 of=-0.1 on=-0.15 one=0.06 onlin=-0.4 or=0.23 our=0.08 out=0.13 over=0.16 plac=-0.16
    possibl=0.24 program=-0.13 provid=-0.19 question=-0.46 real=0.15 school=0.33 scienc=-0.95 sex=-0.42 shall=-0.8
    should=-0.23 sit=-0.05 so=0.09 social=-0.45 someth=-0.38 song=-0.88 start=-0.2 successful=0.25 tak=0.14 tell=-0.27
    than=-0.38 their=-0.17 them=0.15 ther=0.22 they=0.47 thing=-0.73 think=-0.17 this=-0.48 tim=0.28 tool=-0.34
    travel=-0.09 up=0.08 use=0.05 used=-0.17 using=-0.06 video=0.21 want=-0.07 was=-0.32 way=0.09 we=0.21 web=-0.55
    websit=-0.67 when=-0.24 wher=-0.41 who=-0.79 why=-0.35 will=-0.24 work=-0.28 world=0.29 would=-0.08 writ=-0.19
    you=-0.22 you've=0.31 your=-0.4 yourself=-0.27`,
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
