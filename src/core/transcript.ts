/** Takes down what the caller of a call is told, while it is told. It never waits and never throws. */
export interface Transcript {
  /** In what the answer is written, as a content type; comes before the first piece. */
  begin(contentType: string): void
  /** The piece is copied, as far as it is kept. */
  take(piece: Uint8Array | string): void
  /** Nothing more is said. */
  end(): void
}
