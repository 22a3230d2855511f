import "@fastify/multipart";
import { parseStrictJson } from "@sameface/contract";
import type { FastifyRequest } from "fastify";
import { type ProblemAnswer, problem } from "./route.ts";

/** Largest picture, in bytes as decoded from base64 or as sent in a part (reliability.md T17). */
export const MOST_IMAGE_BYTES = 8_000_000;

/** Fields beside the picture are short texts. */
const MOST_FIELD_BYTES = 16_000;
const MOST_PARTS = 10;

/** The fields of an upload with its picture; the schema has not seen the fields yet. */
export type Upload =
  | { readonly ok: true; readonly fields: Readonly<Record<string, unknown>>; readonly image: Uint8Array }
  | { readonly ok: false; readonly problem: ProblemAnswer };

/** The picture of a JSON body: strict base64, which is what it would be written as again. */
export function decodeImage(
  text: string,
): { readonly ok: true; readonly image: Uint8Array } | { readonly ok: false; readonly problem: ProblemAnswer } {
  if (text === "") return refuse(problem("emptyImage", "The image holds no byte."));
  const image = Buffer.from(text, "base64");
  // Buffer skips what is not base64, so only the text that it would write itself is taken.
  if (image.toString("base64") !== text) {
    return refuse(problem("malformedImage", "The image must be base64: standard alphabet, padded, no spaces."));
  }
  return checkImage(image);
}

/**
 * Reads a multipart body: a part `image`, the other fields as texts; the names that clients give to files are never
 * looked at (reliability.md B1).
 */
export async function readMultipart(request: FastifyRequest): Promise<Upload> {
  const fields: Record<string, unknown> = {};
  let image: Uint8Array | null = null;
  try {
    const parts = request.parts({
      // Every part is read as bytes: nothing is decoded before its size is known.
      isPartAFile: () => true,
      limits: {
        fileSize: MOST_IMAGE_BYTES,
        files: MOST_PARTS,
        parts: MOST_PARTS,
        fields: 0,
        headerPairs: 20,
        fieldNameSize: 100,
      },
    });
    for await (const part of parts) {
      if (part.type !== "file") return refuse(malformed("A part can't be read."));
      const bytes = await part.toBuffer();
      const name = part.fieldname;
      if (name === "image" ? image !== null : Object.hasOwn(fields, name))
        return refuse(malformed("A part came twice."));
      if (name === "image") image = bytes;
      else if (bytes.length > MOST_FIELD_BYTES) return refuse(problem("bodyTooLarge", "A field is too long."));
      else fields[name] = bytes;
    }
  } catch (fault) {
    return refuse(multipartProblem(fault));
  }
  if (image === null) return refuse(malformed("There is no part named image."));
  const checked = checkImage(image);
  return checked.ok ? foldFields(fields, checked.image) : checked;
}

function checkImage(
  image: Uint8Array,
): { readonly ok: true; readonly image: Uint8Array } | { readonly ok: false; readonly problem: ProblemAnswer } {
  if (image.length === 0) return refuse(problem("emptyImage", "The image holds no byte."));
  if (image.length > MOST_IMAGE_BYTES) return refuse(problem("imageTooLarge", "The image may have 8,000,000 bytes."));
  return { ok: true, image };
}

/** `consent.reference` and `consent.at` beside `consent` as JSON: the one is what forms send, the other what programs do. */
function foldFields(parts: Readonly<Record<string, unknown>>, image: Uint8Array): Upload {
  const fields: Record<string, unknown> = {};
  const consent: Record<string, unknown> = {};
  for (const [name, bytes] of Object.entries(parts)) {
    const text = utf8(bytes as Uint8Array);
    if (text === null) return refuse(malformed("A field is not UTF-8 text."));
    if (name === "consent") {
      const parsed = parseStrictJson(bytes as Uint8Array);
      if (!parsed.ok) return refuse(problem("malformedJson", `The part consent is not strict JSON: ${parsed.reason}.`));
      fields["consent"] = parsed.value;
    } else if (name.startsWith("consent.")) consent[name.slice("consent.".length)] = text;
    else fields[name] = text;
  }
  if (Object.keys(consent).length > 0) {
    if ("consent" in fields) return refuse(malformed("consent came twice."));
    fields["consent"] = consent;
  }
  return { ok: true, fields, image };
}

function utf8(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // A store's text may not hold it (reliability.md B13).
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

function multipartProblem(fault: unknown): ProblemAnswer {
  const code = fault instanceof Error && "code" in fault ? fault.code : null;
  if (code === "FST_REQ_FILE_TOO_LARGE") return problem("imageTooLarge", "The image may have 8,000,000 bytes.");
  if (code === "FST_PARTS_LIMIT" || code === "FST_FILES_LIMIT" || code === "FST_FIELDS_LIMIT") {
    return problem("bodyTooLarge", `A multipart body may have ${MOST_PARTS} parts.`);
  }
  return malformed("Its boundary, its headers or its end can't be found.");
}

function malformed(detail: string): ProblemAnswer {
  return problem("malformedMultipart", detail);
}

function refuse(answer: ProblemAnswer): { readonly ok: false; readonly problem: ProblemAnswer } {
  return { ok: false, problem: answer };
}
