import { createHash } from "node:crypto";
import type { AuditEntry, AuditedRow } from "./records.ts";

/**
 * Hash of an audit row, hex: SHA-256 over the hash before it and the row, so that an edited or missing row breaks every
 * later one (S35).
 * @param previousHash hex; empty for the first row of a tenant
 */
export function auditHash(previousHash: string, row: Omit<AuditedRow, "hash">): string {
  const canonical = JSON.stringify([
    row.tenantId,
    row.sequence,
    row.atMs,
    row.actor,
    row.action,
    row.target,
    canonicalDetails(row.details),
  ]);
  return createHash("sha256").update(`${previousHash}\n${canonical}`).digest("hex");
}

/** The details as they are stored and hashed: keys in the order of their code units. */
export function canonicalDetails(details: AuditEntry["details"]): string {
  const entries = Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}

/** Where a chain breaks first. */
export type AuditFinding =
  | { readonly kind: "whole"; readonly rows: number; readonly hash: string }
  /** A row is missing before this one, or it stands twice. */
  | { readonly kind: "missing"; readonly sequence: number }
  /** This row is not what was written. */
  | { readonly kind: "changed"; readonly sequence: number };

/** Checks rows one after another, from the first of their tenant. */
export interface AuditChain {
  /** False: broken at this row; later ones are not looked at any more. */
  add(row: AuditedRow): boolean;
  finding(): AuditFinding;
}

/** Begins at a tenant's first row. */
export function createAuditChain(): AuditChain {
  let hash = "";
  let rows = 0;
  let broken: AuditFinding | null = null;
  return {
    add(row) {
      if (broken !== null) return false;
      rows += 1;
      if (row.sequence !== rows) broken = { kind: "missing", sequence: rows };
      else if (row.hash !== auditHash(hash, row)) broken = { kind: "changed", sequence: row.sequence };
      hash = row.hash;
      return broken === null;
    },
    finding: () => broken ?? { kind: "whole", rows, hash },
  };
}
