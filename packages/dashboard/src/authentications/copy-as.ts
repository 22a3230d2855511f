/** What was sent, in the forms in which a developer takes it along. */
export interface Sent {
  readonly url: string;
  readonly eventId: string;
  /** Exactly as it was signed. */
  readonly body: string;
  readonly at: string;
}

/** A command that posts the same bytes. It is not signed: secrets are not shown. */
export function curlOf({ url, eventId, body }: Sent): string {
  return [
    `curl -X POST ${quoted(url)}`,
    `  -H 'content-type: application/json'`,
    `  -H ${quoted(`webhook-id: ${eventId}`)}`,
    `  --data-binary ${quoted(body)}`,
  ].join(" \\\n");
}

/** A file for a receiver's tests: the bytes as a text, so that a formatter cannot change what is signed. */
export function fixtureOf({ eventId, body, at }: Omit<Sent, "url">): string {
  return `${JSON.stringify({ id: eventId, at, body }, null, 2)}\n`;
}

/** One word of a POSIX shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
