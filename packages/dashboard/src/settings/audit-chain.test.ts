import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CHAIN_START, checkRows, findingOf } from "./audit-chain.ts";

async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Buffer.from(bytes).toString("hex");
}

const FIRST = {
  tenantId: "default",
  sequence: 1,
  at: "2027-01-31T12:00:00.000Z",
  actor: "system",
  action: "key.created",
  target: "key:1",
  details: { b: 1, a: "x" },
};

/** Two rows as the server would have written them. */
async function written() {
  const text = (row: typeof FIRST): string =>
    JSON.stringify([
      row.tenantId,
      row.sequence,
      Date.parse(row.at),
      row.actor,
      row.action,
      row.target,
      '{"a":"x","b":1}',
    ]);
  const first = { ...FIRST, hash: await sha256(`\n${text(FIRST)}`) };
  const next = { ...FIRST, sequence: 2 };
  const second = { ...next, hash: await sha256(`${first.hash}\n${text(next)}`) };
  return [first, second] as const;
}

describe("the chain of the audit", () => {
  it("is whole over pages, and ends at the head", async () => {
    const [first, second] = await written();
    const half = await checkRows(CHAIN_START, [first], sha256);
    const all = await checkRows(half, [second], sha256);
    const head = { sequence: 2, hash: second.hash };
    assert.deepEqual(findingOf(all, head), { kind: "whole", rows: 2, hash: second.hash });
    assert.deepEqual(findingOf(half, head), { kind: "missing", sequence: 2 }, "rows cut off");
    assert.deepEqual(findingOf(all, { sequence: 2, hash: "0" }), { kind: "changed", sequence: 2 });
    assert.equal(findingOf(CHAIN_START, null).kind, "whole");
  });

  it("breaks at the first row that is not what was written, or is not there", async () => {
    const [first, second] = await written();
    const changed = await checkRows(CHAIN_START, [{ ...first, actor: "key:2" }, second], sha256);
    assert.deepEqual(findingOf(changed, null), { kind: "changed", sequence: 1 });
    const later = await checkRows(changed, [second], sha256);
    assert.equal(later, changed, "nothing is looked at behind the break");
    const missing = await checkRows(CHAIN_START, [second], sha256);
    assert.deepEqual(findingOf(missing, null), { kind: "missing", sequence: 1 });
  });
});
