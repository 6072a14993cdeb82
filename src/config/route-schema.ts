import { duration, whole } from './fields.ts'

const clocks = {
  total: () =>
    duration({
      description:
        'The whole call: waiting, every attempt and every pause between them. Given without `streamTotal`, it holds for streams as well.',
      examples: ['60s'],
    }),
  streamTotal: () => duration({ description: 'The whole call when it is a stream.', examples: ['30m'] }),
  firstToken: () =>
    duration({
      description: 'From the start of an attempt to the first words of a stream; then the next target is tried.',
      examples: ['10s'],
    }),
  idle: () => duration({ description: 'Between any two bytes of a stream.', examples: ['30s'] }),
  progress: () =>
    duration({ description: 'Between two events of a stream that say something; pings do not.', examples: ['90s'] }),
}

/** The fields of `timeouts`: at the top with defaults, in a model each replacing what stands at the top. */
export const timeoutFields = {
  withDefaults: {
    total: clocks.total().optional().meta({ default: '10m' }),
    streamTotal: clocks.streamTotal().optional().meta({ default: '1h' }),
    firstToken: clocks.firstToken().prefault('120s'),
    idle: clocks.idle().prefault('60s'),
    progress: clocks.progress().prefault('180s'),
    connect: duration({
      description: 'Finding, reaching and greeting a provider (DNS, TCP, TLS). Connections are shared by all models.',
      examples: ['5s'],
    }).prefault('5s'),
  },
  own: {
    total: clocks.total().optional(),
    streamTotal: clocks.streamTotal().optional(),
    firstToken: clocks.firstToken().optional(),
    idle: clocks.idle().optional(),
    progress: clocks.progress().optional(),
  },
}

const counts = {
  attempts: () =>
    whole(
      { least: 1, most: 6 },
      { description: 'Requests to providers for one call, all targets together.', examples: [4] },
    ),
  sameTarget: () =>
    whole(
      { least: 0, most: 5 },
      { description: 'Further tries at the same target, where the failure allows one.', examples: [1] },
    ),
}

/** The fields of `retry`, in the same two forms. */
export const retryFields = {
  withDefaults: { attempts: counts.attempts().prefault(4), sameTarget: counts.sameTarget().prefault(1) },
  own: { attempts: counts.attempts().optional(), sameTarget: counts.sameTarget().optional() },
}
