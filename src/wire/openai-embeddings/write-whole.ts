import type { Delta } from '../../core/delta.ts'
import { GatewayError } from '../../core/errors.ts'
import type { Request } from '../../core/request.ts'
import { inputTokens, type Usage } from '../../core/usage.ts'
import { base64Of, numbersOf, type Vector } from '../../core/vector.ts'
import type { Writer } from '../wire.ts'

/** Writes a list of embeddings, in the order of the inputs. */
export class WholeWriter implements Writer {
  readonly #request: Request
  readonly #vectors: (Vector | undefined)[] = []
  #model = ''
  #usage: Usage | undefined

  constructor(request: Request) {
    this.#request = request
  }

  write(delta: Delta): string {
    if (delta.kind === 'start') this.#model = delta.model
    else if (delta.kind === 'usage') this.#usage = delta.usage
    else if (delta.kind === 'vector') this.#vectors[delta.index] = delta.vector
    else if (delta.kind === 'failure') throw delta.error
    return ''
  }

  end(): string {
    const { embed, model } = this.#request
    const vectors = this.#vectors.filter((vector) => vector !== undefined)
    if (vectors.length !== (embed?.inputs.length ?? this.#vectors.length)) {
      throw new GatewayError('upstream_garbled', 'The upstream did not answer with a vector for each input.', {
        outcome: 'malformed',
      })
    }
    const form = embed?.encoding === 'base64' ? base64Of : numbersOf
    const tokens = this.#usage && inputTokens(this.#usage)
    return JSON.stringify({
      object: 'list',
      data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: form(vector) })),
      model: this.#model || model,
      usage: tokens === undefined ? undefined : { prompt_tokens: tokens, total_tokens: tokens },
    })
  }
}
