import { isCustomerId, parseStrictJson } from "@sameface/contract";
import { BatchLine, type BatchResult } from "../api/index.ts";
import { type CustomerParts, enrol } from "../customers/enrol.ts";
import { enrolInput } from "./enrol-input.ts";
import { enrolmentProblem } from "./enrolment-problem.ts";
import { faultProblem } from "./fault-problem.ts";
import { decodeImage } from "./read-upload.ts";
import { type ProblemAnswer, problem } from "./route.ts";
import { compileValidator } from "./validate.ts";

const LINE_FEED = 0x0a;
const checkLine = compileValidator(BatchLine, "line");

/**
 * Enrols line after line and answers each in its turn; one refused line stops no other. A line whose picture is enrolled
 * already is `unchanged` and costs no inference, so a broken batch is sent again as it is.
 */
export async function* enrolBatch(
  parts: CustomerParts,
  batch: { readonly bytes: Uint8Array; readonly tenantId: string; readonly actor: string },
): AsyncGenerator<BatchResult> {
  let number = 0;
  for (const line of linesOf(batch.bytes)) {
    number += 1;
    if (Buffer.from(line).toString("latin1").trim() === "") continue;
    yield { line: number, ...(await enrolLine(parts, { ...batch, bytes: line })) };
  }
}

function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, start);
    yield bytes.subarray(start, end === -1 ? bytes.length : end);
    if (end === -1) return;
    start = end + 1;
  }
}

async function enrolLine(
  parts: CustomerParts,
  line: { readonly bytes: Uint8Array; readonly tenantId: string; readonly actor: string },
): Promise<Omit<BatchResult, "line">> {
  const parsed = parseStrictJson(line.bytes);
  if (!parsed.ok) return refused(problem("malformedJson", `The line is not strict JSON: ${parsed.reason}.`), null);
  const wrong = checkLine(parsed.value);
  if (wrong !== null) return refused(wrong, customerIdOf(parsed.value));
  // Checked by the schema on the line above.
  const body = parsed.value as BatchLine;
  const { customerId, image, consent } = body;
  const decoded = decodeImage(image);
  if (!decoded.ok) return refused(decoded.problem, customerId);
  const input = enrolInput({ image: decoded.image, ...(consent === undefined ? {} : { consent }) });
  if (Number.isNaN(input.consent?.atMs)) return refused(problem("validation", "consent.at is no time."), customerId);
  try {
    const { tenantId, actor } = line;
    const request = { ...input, tenantId, actor, customerId, mode: "replace", skipKnownPicture: true } as const;
    const result = await enrol(parts, request);
    const told = enrolmentProblem(result);
    if (told !== null) return refused(told, customerId);
    if (!("interviewId" in result) || result.kind === "added") return refused(faultProblem(null), customerId);
    return { customerId, result: result.kind, interviewId: result.interviewId, code: null, detail: null };
  } catch (fault) {
    return refused(faultProblem(fault), customerId);
  }
}

function refused(told: ProblemAnswer, customerId: string | null): Omit<BatchResult, "line"> {
  return { customerId, result: "refused", interviewId: null, code: told.problem, detail: told.detail };
}

/** The id of a line that is wrong elsewhere, so that its sender finds it. */
function customerIdOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || !("customerId" in value)) return null;
  return isCustomerId(value.customerId) ? value.customerId : null;
}
