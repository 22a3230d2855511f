/** The verdict of {@link checkOwnHeaders}. */
export type OwnHeadersCheck =
  | { readonly ok: true; readonly headers: Readonly<Record<string, string>> }
  | {
      readonly ok: false;
      /** Name of the header, as given. */
      readonly name: string;
      /** One sentence for a person; never a value. */
      readonly message: string;
    };

const MOST_HEADERS = 20;
const MOST_CHARACTERS = 8_000;
// RFC 9110 §5.6.2
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// Visible ASCII with spaces and tabs between: no CR or LF can begin a header of its own.
const VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?)?$/;
// contract.md §6; and the hop-by-hop ones (RFC 9110 §7.6.1) that the HTTP client itself refuses to send.
const DENIED: readonly string[] = [
  "host",
  "connection",
  "transfer-encoding",
  "keep-alive",
  "upgrade",
  "expect",
  "te",
  "trailer",
];
const DENIED_PREFIXES: readonly string[] = ["content-", "webhook-", "sameface-", "proxy-"];

/**
 * The headers that an endpoint may add to its requests, with lower-case names. Pure.
 * @see contract.md §6, reliability.md S24
 */
export function checkOwnHeaders(given: Readonly<Record<string, string>>): OwnHeadersCheck {
  const headers = new Map<string, string>();
  let characters = 0;
  for (const [name, value] of Object.entries(given)) {
    const lower = name.toLowerCase();
    characters += name.length + value.length;
    const message = headers.has(lower) ? "The header is given twice." : refusalOf(lower, value);
    if (message !== null) return { ok: false, name, message };
    headers.set(lower, value);
    if (headers.size > MOST_HEADERS || characters > MOST_CHARACTERS) {
      return { ok: false, name, message: `At most ${MOST_HEADERS} headers of ${MOST_CHARACTERS} characters in all.` };
    }
  }
  return { ok: true, headers: Object.fromEntries(headers) };
}

function refusalOf(lower: string, value: string): string | null {
  if (!TOKEN.test(lower)) return "This is not a header name.";
  if (DENIED.includes(lower) || DENIED_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
    return "This header is set by sameface or by the connection.";
  }
  return VALUE.test(value)
    ? null
    : "The value holds something other than visible ASCII, or begins or ends with a space.";
}
