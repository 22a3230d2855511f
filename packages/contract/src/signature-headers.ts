import { HEADERS } from "./headers.ts";

/** Request headers: a web `Headers`, or a record as Node and the frameworks have it. */
export type HeadersLike =
  | { readonly get: (name: string) => string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Why the headers of a request can't be verified, in the order in which it is looked for. */
export type HeaderRefusal =
  | "missing_id"
  | "missing_timestamp"
  | "missing_signature"
  | "duplicate_header"
  | "bad_id"
  | "bad_timestamp"
  | "bad_signature_header"
  | "too_many_signatures";

/** The three headers, each well formed. */
export interface SignatureHeaders {
  readonly id: string;
  /** As sent: leading zeros are part of what was signed. */
  readonly timestamp: string;
  /** Values of the tokens `v1`, the base64 of an HMAC; of other versions there may be more. */
  readonly macs: readonly string[];
  /** Values of the tokens `v1a`, the base64 of an Ed25519 signature. */
  readonly signatures: readonly string[];
}

// Visible ASCII; a dot would let id and timestamp flow into one another in the signed text, a comma is a joined header.
const ID = /^[!-+\-/-~]{1,256}$/;
const TIMESTAMP = /^[0-9]{1,12}$/;
const MAX_SIGNATURE_CHARACTERS = 4096;
const MAX_TOKENS = 20;

/** Whether the id may stand in the signed text: 1 to 256 visible ASCII characters without `.` and `,`. */
export function isWebhookId(id: string): boolean {
  return ID.test(id);
}

/** Reads the three headers strictly; doubled ones are refused, never chosen from. */
export function readSignatureHeaders(headers: HeadersLike): SignatureHeaders | HeaderRefusal {
  const read = headerValues(headers);
  const ids = read(HEADERS.id);
  const timestamps = read(HEADERS.timestamp);
  const signatures = read(HEADERS.signature);
  if (ids.every(isEmpty)) return "missing_id";
  if (timestamps.every(isEmpty)) return "missing_timestamp";
  if (signatures.every(isBlank)) return "missing_signature";
  const [id] = ids;
  const [timestamp] = timestamps;
  const [signature] = signatures;
  const count = ids.length + timestamps.length + signatures.length;
  if (id === undefined || timestamp === undefined || signature === undefined || count > 3) return "duplicate_header";
  if (!isWebhookId(id)) return "bad_id";
  if (!TIMESTAMP.test(timestamp)) return "bad_timestamp";
  const tokens = readTokens(signature);
  return typeof tokens === "string" ? tokens : { id, timestamp, ...tokens };
}

/** All values of the header of a name, which is given in lower case. */
type Lookup = (name: string) => readonly string[];

/** Looks headers up: doubled ones give several values, where their form still tells them apart. */
export function headerValues(headers: HeadersLike): Lookup {
  return isWebHeaders(headers) ? (name) => valuesOfWebHeaders(headers, name) : lookupOf(headers);
}

function isWebHeaders(headers: HeadersLike): headers is { readonly get: (name: string) => string | null } {
  return typeof headers["get" as keyof HeadersLike] === "function"; // a header called "get" is text
}

function valuesOfWebHeaders(
  headers: { readonly get: (name: string) => string | null },
  name: string,
): readonly string[] {
  const value = headers.get(name);
  if (value === null) return [];
  // `Headers` joins a doubled header with a comma and a space. In id and timestamp the comma is refused anyway;
  // between signatures it would make one good token out of two headers, and no sender of ours writes one.
  return name === HEADERS.signature ? value.split(", ") : [value];
}

function lookupOf(record: Readonly<Record<string, string | readonly string[] | undefined>>): Lookup {
  const keys = Object.keys(record);
  return (name) => {
    const values: string[] = [];
    for (const key of keys) {
      // By length first: most headers are others, and this runs for every request.
      if (key.length !== name.length || (key !== name && key.toLowerCase() !== name)) continue;
      const value = record[key];
      if (typeof value === "string") values.push(value);
      else if (value !== undefined) values.push(...value);
    }
    return values;
  };
}

function isEmpty(value: string): boolean {
  return value === "";
}

function isBlank(value: string): boolean {
  return /^ *$/.test(value);
}

type Tokens = Pick<SignatureHeaders, "macs" | "signatures">;

function readTokens(signature: string): Tokens | "bad_signature_header" | "too_many_signatures" {
  if (signature.length > MAX_SIGNATURE_CHARACTERS) return "bad_signature_header";
  const macs: string[] = [];
  const signatures: string[] = [];
  let texts = 0;
  let tokens = 0;
  for (const text of signature.split(" ")) {
    if (text !== "") texts += 1;
    const comma = text.indexOf(",");
    if (comma <= 0 || comma === text.length - 1) continue;
    tokens += 1;
    const version = text.slice(0, comma);
    if (version === "v1") macs.push(text.slice(comma + 1));
    else if (version === "v1a") signatures.push(text.slice(comma + 1));
  }
  if (tokens === 0) return "bad_signature_header";
  return texts > MAX_TOKENS ? "too_many_signatures" : { macs, signatures };
}
