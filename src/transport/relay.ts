import type { Dispatcher } from 'undici'
import type { Exchange } from './exchange.ts'

/**
 * What a pool holds of an exchange: it passes callbacks on until the exchange is over. Pools remember requests for a
 * while; without this each would keep its call and answer in memory, to be copied by every collection.
 */
export class Relay implements Dispatcher.DispatchHandler {
  exchange: Exchange | undefined

  constructor(exchange: Exchange) {
    this.exchange = exchange
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.exchange) this.exchange.onRequestStart(controller)
    else controller.abort(new Error('The call is over.'))
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.exchange?.onResponseStart(controller, status, headers)
  }

  onResponseData(_controller: Dispatcher.DispatchController, data: Buffer): void {
    this.exchange?.onResponseData(data)
  }

  onResponseEnd(controller: Dispatcher.DispatchController): void {
    this.exchange?.onResponseEnd(controller)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.exchange?.onResponseError(error)
  }
}
