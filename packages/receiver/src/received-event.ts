/** The facts of one authentic request, beside its outcome. */
export interface ReceivedEvent {
  /**
   * The same in every attempt and replay: `webhook-id`; from a sender without that header `transactionId`; without both a
   * new one each time.
   */
  readonly id: string;
  /** When this attempt was signed, seconds since 1970; from a sender without signatures: when it came. */
  readonly timestampSeconds: number;
  /** The id begins with `test_`: a test send or `trigger`. */
  readonly test: boolean;
  /**
   * The sender gave no id, and the same bytes came within the last 35 minutes: a retry, or a second honest attempt; nothing
   * in the body can tell (contract.md §5).
   */
  readonly possibleRetry: boolean;
  /** The exact bytes. */
  readonly body: Uint8Array;
}
