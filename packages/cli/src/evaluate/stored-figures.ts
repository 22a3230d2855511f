import type { Report } from "./make-report.ts";

// These models make everything compared here; each check's row names the head that made it.
const ROLES: readonly string[] = ["detector", "landmarks", "embedder", "liveness", "pose"];
/** Figures are shares of counted pairs: the same pairs give the same ones, on any machine. */
const TOLERANCE = 1e-6;

/** What a report says that follows from data, models and code alone: no times, no machine, no commit. */
export function storedFigures({
  model,
  models,
  data,
  threshold,
  matching,
  spoof,
  checks,
  groups,
  resampling,
}: Report): object {
  const rows = models.filter(({ role }) => ROLES.includes(role)).map(({ role, sha256 }) => ({ role, sha256 }));
  return { model, models: rows, data, threshold, matching, spoof, checks, groups, resampling };
}

/** Where two JSON values differ, as `path: stored → now`; numbers within a tolerance are the same. */
export function differences(
  stored: unknown,
  { now, path = "" }: { readonly now: unknown; readonly path?: string },
): readonly string[] {
  if (typeof stored === "number" && typeof now === "number" && Math.abs(stored - now) <= TOLERANCE) return [];
  if (isRecord(stored) && isRecord(now)) {
    const keys = [...new Set([...Object.keys(stored), ...Object.keys(now)])];
    return keys.flatMap((key) =>
      differences(stored[key], { now: now[key], path: path === "" ? key : `${path}.${key}` }),
    );
  }
  return stored === now ? [] : [`${path}: ${JSON.stringify(stored)} → ${JSON.stringify(now)}`];
}

/** Lists count as records of their indexes. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
