/** What one check of `sameface doctor` found. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** The fact, for example a version or a path. */
  readonly detail: string;
  /** What to do about it; `null` when all is well. */
  readonly mend: string | null;
}

/** All is well. */
export function well(name: string, detail: string): Finding {
  return { name, ok: true, detail, mend: null };
}

/** Something is wrong, and this mends it. */
export function ill(name: string, detail: string, mend: string): Finding {
  return { name, ok: false, detail, mend };
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
