import type { Schemas } from "@sameface/contract/client";
import { NAMED } from "./threshold-words.ts";

type Policy = Schemas["Policy"];
export type CheckMode = Policy["checks"]["lenses"];

/** A policy as it stands in the form; numbers are texts till they are sent. */
export interface PolicyDraft {
  readonly match: keyof typeof NAMED | "custom";
  readonly matchNumber: string;
  readonly lenses: CheckMode;
  readonly headCover: CheckMode;
  readonly liveness: string;
  readonly secondFactor: boolean;
  readonly waitAfterFailures: string;
  readonly waitSeconds: string;
  readonly stopAfterFailures: string;
  readonly captureLiveness: Policy["capture"]["liveness"];
  readonly fileUpload: boolean;
  /** One a line. */
  readonly returnUrls: string;
  /** One a line. */
  readonly frameAncestors: string;
  readonly replayedPictures: Policy["replayedPictures"];
  readonly pictureDays: string;
}

/** Bounds of the numbers, as the API has them. */
export const BOUNDS = {
  matchNumber: [0.4, 0.95],
  liveness: [0.01, 1],
  waitAfterFailures: [1, 5],
  waitSeconds: [30, 86_400],
  stopAfterFailures: [6, 50],
  pictureDays: [0, 1_095],
} as const satisfies { readonly [Name in keyof PolicyDraft]?: readonly [number, number] };

/** A number of the form. */
export type NumberName = keyof typeof BOUNDS;

/** What stands. */
export function policyDraftOf(policy: Policy): PolicyDraft {
  const { thresholds, checks, liveness, secondFactor, lockout, capture, replayedPictures, retention } = policy;
  const { match } = thresholds;
  return {
    match: typeof match === "number" ? "custom" : match,
    matchNumber: String(thresholdOf(match)),
    ...checks,
    liveness: String(liveness.threshold),
    secondFactor,
    waitAfterFailures: String(lockout.waitAfterFailures),
    waitSeconds: String(lockout.waitSeconds),
    stopAfterFailures: String(lockout.stopAfterFailures),
    captureLiveness: capture.liveness,
    fileUpload: capture.fileUpload,
    returnUrls: capture.returnUrls.join("\n"),
    frameAncestors: capture.frameAncestors.join("\n"),
    replayedPictures,
    pictureDays: String(retention.pictureDays),
  };
}

/** The cosine that a threshold stands for. */
export function thresholdOf(match: Policy["thresholds"]["match"]): number {
  return typeof match === "number" ? match : NAMED[match];
}

/** What is wrong with the numbers, by name. */
export function wrongOf(draft: PolicyDraft): Readonly<Partial<Record<NumberName, string>>> {
  const names = Object.keys(BOUNDS) as NumberName[];
  const wrong = names.flatMap((name) => {
    if (name === "matchNumber" && draft.match !== "custom") return [];
    const [least, most] = BOUNDS[name];
    const value = draft[name].trim() === "" ? Number.NaN : Number(draft[name]);
    return value >= least && value <= most ? [] : [[name, `${least} to ${most.toLocaleString("en-US")}`] as const];
  });
  return Object.fromEntries(wrong);
}

/** What the API takes. */
export function policyOf(draft: PolicyDraft): Schemas["PolicyBody"] {
  return {
    thresholds: { match: draft.match === "custom" ? Number(draft.matchNumber) : draft.match },
    checks: { lenses: draft.lenses, headCover: draft.headCover },
    liveness: { threshold: Number(draft.liveness) },
    secondFactor: draft.secondFactor,
    lockout: {
      waitAfterFailures: Number(draft.waitAfterFailures),
      waitSeconds: Number(draft.waitSeconds),
      stopAfterFailures: Number(draft.stopAfterFailures),
    },
    capture: {
      liveness: draft.captureLiveness,
      fileUpload: draft.fileUpload,
      returnUrls: linesOf(draft.returnUrls),
      frameAncestors: linesOf(draft.frameAncestors),
    },
    replayedPictures: draft.replayedPictures,
    retention: { pictureDays: Number(draft.pictureDays) },
  };
}

/** Whether a form says something else than what stands. */
export function isChanged(draft: PolicyDraft, policy: Policy): boolean {
  return JSON.stringify(policyOf(draft)) !== JSON.stringify(policyOf(policyDraftOf(policy)));
}

function linesOf(text: string): readonly string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
