/** Where an answer goes: a socket, or a web stream. */
export interface Outlet {
  /** True when the reader is gone. */
  readonly closed: boolean
  /** True when a head was written. */
  readonly begun: boolean
  head(status: number, headers: Record<string, string>): void
  /** Nothing when it was taken at once; else a promise that the reader has caught up. */
  write(piece: Uint8Array | string): Promise<void> | undefined
  end(piece?: Uint8Array | string): void
  /** Breaks off, so that the reader cannot take what it has for the whole. */
  abort(): void
}
