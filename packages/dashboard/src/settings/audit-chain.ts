import type { Schemas } from "@sameface/contract/client";

type Row = Schemas["AuditRowView"];

/** What the check of a chain came to. */
export type ChainFinding =
  | { readonly kind: "whole"; readonly rows: number; readonly hash: string }
  /** A row is missing before this one, or rows were cut off behind the last. */
  | { readonly kind: "missing"; readonly sequence: number }
  /** This row is not what was written. */
  | { readonly kind: "changed"; readonly sequence: number };

/** How far a check is. */
export interface ChainState {
  readonly rows: number;
  readonly hash: string;
  readonly broken: ChainFinding | null;
}

export const CHAIN_START: ChainState = { rows: 0, hash: "", broken: null };

/**
 * Checks rows one after another, as `sameface audit verify` does: each hash is over the one before and its row.
 * @param sha256 hex of a text's UTF-8 bytes
 */
export async function checkRows(
  state: ChainState,
  rows: readonly Row[],
  sha256: (text: string) => Promise<string>,
): Promise<ChainState> {
  let now = state;
  for (const row of rows) {
    if (now.broken !== null) return now;
    const sequence = now.rows + 1;
    if (row.sequence !== sequence) return { ...now, broken: { kind: "missing", sequence } };
    if (row.hash !== (await sha256(`${now.hash}\n${canonical(row)}`))) {
      return { ...now, broken: { kind: "changed", sequence } };
    }
    now = { rows: sequence, hash: row.hash, broken: null };
  }
  return now;
}

/** The end of a check. @param head the last row as the server keeps it apart */
export function findingOf(
  { rows, hash, broken }: ChainState,
  head: { readonly sequence: number; readonly hash: string } | null,
): ChainFinding {
  if (broken !== null) return broken;
  if (head !== null && head.sequence > rows) return { kind: "missing", sequence: rows + 1 };
  if (head !== null && head.sequence === rows && head.hash !== hash) return { kind: "changed", sequence: rows };
  return { kind: "whole", rows, hash };
}

function canonical({ tenantId, sequence, at, actor, action, target, details }: Row): string {
  const entries = Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1));
  const sorted = JSON.stringify(Object.fromEntries(entries));
  return JSON.stringify([tenantId, sequence, Date.parse(at), actor, action, target, sorted]);
}
