/** The facts of one verified request, beside its outcome. */
export interface ReceivedEvent {
  /** `webhook-id`: the same in every attempt and replay. */
  readonly id: string;
  /** When this attempt was signed, seconds since 1970. */
  readonly timestampSeconds: number;
  /** The id begins with `test_`: a test send or `trigger`. */
  readonly test: boolean;
  /** The exact bytes that were signed. */
  readonly body: Uint8Array;
}
