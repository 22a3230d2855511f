import { MOST_IMAGE_BYTES } from "./read-upload.ts";

/** What one connection and one request may take (reliability.md T18, B1). */
export const HTTP_LIMITS = {
  headersMs: 10_000,
  requestMs: 30_000,
  /** Nothing read and nothing written for so long: the socket is given back. */
  idleMs: 30_000,
  /** For reading the answer to what was no request. */
  lingerMs: 1_000,
  headerBytes: 16_384,
  headers: 100,
  urlBytes: 8_192,
  connections: 2_000,
  /** Of one source address; trusted proxies have no such limit. */
  connectionsPerAddress: 256,
  /** A field of 1 MB is answered by name, as 400, and not as a body too large. */
  jsonBytes: 2_000_000,
  /** The largest picture in base64, and room for the fields beside it. */
  uploadBytes: Math.ceil(MOST_IMAGE_BYTES / 3) * 4 + 65_536,
  /** A batch is held in memory while it is worked on: pictures never touch the disk. */
  batchBytes: 64_000_000,
} as const;
