import { asGatewayError, type GatewayError } from '../core/errors.ts'
import type { Outlet } from '../deliver.ts'
import type { JobNews } from '../jobs/jobs.ts'
import { openaiChat } from '../wire/openai-chat/index.ts'
import { jobText } from './job-view.ts'

/** The last piece that a follower has: events are named by it, so that it can go on there. */
interface Place {
  readonly attempt: number
  readonly sequence: number
}

const start: Place = { attempt: 0, sequence: 0 }

/** Where a follower that was here before goes on. What is none of our names is passed over, as browsers send what they have. */
export const placeOf = (lastEventId: string | readonly string[] | undefined): Place => {
  const [, attempt, sequence] = /^(\d{1,9})\.(\d{1,9})$/.exec(String(lastEventId ?? '')) ?? []
  return attempt === undefined ? start : { attempt: Number(attempt), sequence: Number(sequence) }
}

const isBehind = ({ attempt, sequence }: Place, place: Place): boolean =>
  attempt < place.attempt || (attempt === place.attempt && sequence <= place.sequence)

/** The JSON of an answer may have lines, which mean nothing between its values; in an event they would end it. */
const event = (name: string, { attempt, sequence }: Place, json: string): string =>
  `event: ${name}\nid: ${attempt}.${sequence}\ndata: ${json.replaceAll(/[\r\n]+/g, ' ')}\n\n`

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  vary: 'authorization',
}

export interface EventsOptions {
  readonly outlet: Outlet
  /** The last one that the follower has seen. */
  readonly after: Place
  /** Default 10 000. */
  readonly keepAliveMs?: number | undefined
}

/** Tells what happens to a job as server-sent events, no faster than they are read, until it has ended. */
export const writeEvents = async (news: AsyncIterable<JobNews>, options: EventsOptions): Promise<void> => {
  const { outlet, keepAliveMs = 10_000 } = options
  outlet.head(200, headers)
  const keepAlive = setInterval(() => {
    if (!outlet.closed) outlet.write(': keep-alive\n\n')
  }, keepAliveMs)
  try {
    await tell(news, options)
    if (!outlet.closed) outlet.end()
  } catch (thrown) {
    if (!outlet.closed) outlet.end(failure(asGatewayError(thrown)))
  } finally {
    clearInterval(keepAlive)
  }
}

const tell = async (news: AsyncIterable<JobNews>, { outlet, after }: EventsOptions): Promise<void> => {
  let place = after
  for await (const each of news) {
    if (outlet.closed) return
    if (each.kind === 'state') {
      await outlet.write(event('state', place, jobText(each.view)))
      continue
    }
    const { attempt, sequence, text } = each.piece
    if (isBehind(each.piece, place)) continue
    place = { attempt, sequence }
    await outlet.write(event('piece', place, JSON.stringify({ attempt, sequence, text })))
  }
}

/** The head is out, so that a failure can only be told as an event. */
const failure = (error: GatewayError): string => `event: error\ndata: ${openaiChat.writeError(error, 'whole')}\n\n`
