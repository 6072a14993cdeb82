import { createRoute, z } from '@hono/zod-openapi'
import { GatewayError } from '../../core/errors.ts'
import { usdFromNanos } from '../../core/money.ts'
import type { LiveSum, LiveTick } from '../../telemetry/live.ts'
import { callFields, filterOf } from './call-fields.ts'
import { failures } from './fields.ts'
import { liveStream } from './live-stream.ts'
import { viewOfHealth } from './provider-routes.ts'
import type { AdminApp, AdminTools } from './tools.ts'

const follow = createRoute({
  method: 'get',
  path: '/admin/api/live',
  summary: 'Follow what happens in this process',
  description:
    'Server-sent events: `call` for each call that ends, as a list shows it, 20 a second at most; `tick` each second with the sums of that second and of the last minute (as far as somebody watched: `watchedSeconds`), calls under way, targets that do not fare well, queues that are in use, and how many calls were not told (`dropped`).',
  tags: ['Calls'],
  request: {
    query: z.strictObject({
      calls: z.enum(['0', '1']).default('1').openapi({ description: '0: ticks alone.' }),
      ...callFields,
    }),
  },
  responses: {
    200: { description: 'Events, without an end.', content: { 'text/event-stream': { schema: z.string() } } },
    ...failures,
  },
})

const sumView = ({ calls, errors, cost }: LiveSum) => ({ calls, errors, costUsd: usdFromNanos(cost) })

/** What happens, as it happens. */
export const addLiveRoutes = (app: AdminApp, tools: AdminTools): void => {
  const texts = new WeakMap<LiveTick, string>()
  const textOf = (tick: LiveTick): string => JSON.stringify(viewOf(tick, tools)).slice(0, -1)
  app.openapi(follow, (context) => {
    const { observing } = tools
    if (!observing) throw new GatewayError('not_found', 'Nothing can be followed here.')
    const { calls, ...rest } = context.req.valid('query')
    const stream = liveStream(observing.live, {
      calls: calls === '1',
      where: filterOf(rest),
      tickText: (tick) => {
        const text = texts.get(tick) ?? textOf(tick)
        texts.set(tick, text)
        return text
      },
    })
    return context.body(stream, 200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
  })
}

const viewOf = (tick: LiveTick, { observing, queues }: AdminTools) => ({
  at: tick.at,
  ...sumView(tick.second),
  minute: sumView(tick.minute),
  watchedSeconds: tick.watchedSeconds,
  inFlight: observing?.inFlight() ?? 0,
  latencyMs: tick.latencyMs ?? null,
  health: (observing?.targets() ?? [])
    .filter(({ state, failingForMs }) => state !== 'closed' || failingForMs !== undefined)
    .map((standing) => viewOfHealth(standing, tick.at)),
  queues: (queues?.() ?? []).filter(({ waiting, inFlight }) => waiting > 0 || inFlight > 0),
})
