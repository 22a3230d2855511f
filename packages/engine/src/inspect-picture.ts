import { decode } from "./image/decode.ts";
import type { Header } from "./image/header.ts";
import { readHeader } from "./image/read-header.ts";
import { swapsSides } from "./image/turn-upright.ts";
import type { Limits } from "./limits.ts";
import { type Gates, type Measured, measure } from "./measure.ts";
import type { HeaderFacts, InspectMessage } from "./messages.ts";
import type { Models } from "./models.ts";
import { unmeasured } from "./unmeasured.ts";

/** What an inspection needs besides the picture. */
export interface InspectContext {
  readonly models: Models;
  readonly limits: Limits;
  readonly gates: Gates;
  /** Told when the header is read, also of a picture that is then refused by its size. */
  readonly onHeader: (facts: HeaderFacts) => void;
  /** Told when the decoder is done, whether it succeeded or not. */
  readonly onDecoded: () => void;
}

/**
 * One picture, from bytes to measurements. Runs in a child process only: the decoder may be made to hang, to eat
 * memory or to crash by what it is given.
 */
export async function inspectPicture(
  bytes: Uint8Array,
  {
    format,
    purpose,
    eyes,
    headCover,
    ...context
  }: InspectContext & Pick<InspectMessage, "format" | "purpose" | "eyes" | "headCover">,
): Promise<Measured> {
  const startedAtMs = performance.now();
  const { header, problem } = readHeader(bytes, { format, limits: context.limits });
  const headerMs = performance.now() - startedAtMs;
  if (header === null) return unmeasured(problem, { header: headerMs });
  if (problem !== null) {
    context.onHeader(factsOf(header));
    return unmeasured(problem, { header: headerMs });
  }
  // The decoder works on a thread of its own, and so does what cuts: what is told is told beside them.
  const decoding = decode(header, context.limits);
  context.onHeader(factsOf(header));
  const picture = await decoding;
  const intake = { header: headerMs, decode: performance.now() - startedAtMs - headerMs };
  try {
    const { models, gates } = context;
    const measuring = picture === null ? null : measure(picture, { models, purpose, eyes, headCover, gates });
    context.onDecoded();
    if (measuring === null) return unmeasured("corrupt", intake);
    const measured = await measuring;
    return { ...measured, timings: { ...intake, ...measured.timings } };
  } catch {
    // Whatever a model or the code round it threw: nothing was measured, and nothing pretends.
    return unmeasured("model_failure", intake);
  } finally {
    // Not before whoever waits for the answer has sent it.
    if (picture !== null) setImmediate(wipe, picture.rgb);
  }
}

/** The size of a picture as it is to be looked at. */
function factsOf({ width, height, orientation }: Header): HeaderFacts {
  return swapsSides(orientation) ? { width: height, height: width, orientation } : { width, height, orientation };
}

/**
 * Leaves nothing of a picture, and gives its memory back at once: two megabytes, left to the garbage collector, make it
 * run half as often again.
 */
function wipe(rgb: Uint8Array): void {
  rgb.fill(0);
  const { buffer, byteLength } = rgb;
  // A small one may share its memory with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
