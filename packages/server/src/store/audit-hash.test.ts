import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { auditHash, createAuditChain } from "./audit-hash.ts";
import type { AuditedRow } from "./records.ts";

function chain(length: number): AuditedRow[] {
  const rows: AuditedRow[] = [];
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const row = {
      tenantId: "t",
      sequence,
      atMs: 1_000 * sequence,
      actor: "key:1",
      action: "key.revoked",
      target: "key:2",
      details: { a: sequence, b: null },
    };
    rows.push({ ...row, hash: auditHash(rows.at(-1)?.hash ?? "", row) });
  }
  return rows;
}

const judge = (rows: readonly AuditedRow[]) => {
  const walk = createAuditChain();
  for (const row of rows) if (!walk.add(row)) break;
  return walk.finding();
};

describe("the audit chain (S35)", () => {
  it("is whole as it was written, and pins the hash of a row: rows outlive the version that wrote them", () => {
    const rows = chain(5);
    assert.deepEqual(judge(rows), { kind: "whole", rows: 5, hash: rows[4]?.hash });
    assert.deepEqual(judge([]), { kind: "whole", rows: 0, hash: "" });
    assert.equal(rows[0]?.hash, "fb34ddba2e22ad62ff32a0d44bb751832eecef251c54b85ace42076725aa57e9");
  });

  it("names the first row of which any part was changed", () => {
    const changes: Partial<AuditedRow>[] = [
      { tenantId: "u" },
      { atMs: 1 },
      { actor: "system" },
      { action: "key.made" },
      { target: "key:3" },
      { details: { a: 3 } },
      { hash: "0".repeat(64) },
    ];
    for (const change of changes) {
      const rows = chain(5).map((row) => (row.sequence === 3 ? { ...row, ...change } : row));
      assert.deepEqual(judge(rows), { kind: "changed", sequence: 3 }, JSON.stringify(change));
    }
  });

  it("names a row that is missing, stands twice or changed its place", () => {
    const [one, two, three, four] = chain(4) as [AuditedRow, AuditedRow, AuditedRow, AuditedRow];
    assert.deepEqual(judge([one, three, four]), { kind: "missing", sequence: 2 });
    assert.deepEqual(judge([two]), { kind: "missing", sequence: 1 });
    assert.deepEqual(judge([one, two, two, three]), { kind: "missing", sequence: 3 });
    assert.deepEqual(judge([one, three, two, four]), { kind: "missing", sequence: 2 });
  });

  it("sees a forger who counts anew but can't reach the hash that was noted elsewhere", () => {
    const forged = chain(4).map((row) => (row.sequence < 3 ? row : { ...row, sequence: row.sequence }));
    const rest = forged.toSpliced(2, 1).map((row, index) => ({ ...row, sequence: index + 1 }));
    assert.deepEqual(judge(rest), { kind: "changed", sequence: 3 });
  });

  it("does not depend on the order in which details were named", () => {
    const [row] = chain(1) as [AuditedRow];
    assert.equal(auditHash("", { ...row, details: { b: null, a: 1 } }), row.hash);
  });
});
