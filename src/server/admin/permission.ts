/** What somebody may do at the administrators' door: look, or change. */
export type Permission = 'read' | 'write'

/** Who asks there. */
export interface Principal {
  /** As it stands in the audit log. */
  readonly actor: string
  readonly permissions: readonly Permission[]
}

/** The name that a change is written down with. */
export const actorOf = ({ principal }: { readonly principal: Principal | undefined }): string =>
  principal?.actor ?? 'unknown'
