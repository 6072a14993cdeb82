import type { Paged } from '../use-pages.ts'
import { Failure } from './states.tsx'

/** Shows the next page of a list, as long as there is one. */
export const More = ({ of }: { readonly of: Pick<Paged<unknown>, 'goOn' | 'error'> }) => (
  <>
    {of.error && <Failure error={of.error} retry={of.goOn} />}
    {of.goOn && (
      <p class="more">
        <button type="button" onClick={of.goOn}>
          Show more
        </button>
      </p>
    )}
  </>
)
