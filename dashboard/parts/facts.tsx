import type { ComponentChildren } from 'preact'

interface FactsProps {
  /** What each is called, and what it is; those that are nothing are left out. */
  readonly facts: readonly (readonly [name: string, value: ComponentChildren])[]
}

/** Names with their values, one under the other. */
export const Facts = ({ facts }: FactsProps) => (
  <dl class="facts">
    {facts
      .filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false)
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="break">{value}</dd>
        </div>
      ))}
  </dl>
)
