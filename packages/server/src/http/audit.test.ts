import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createAuditChain } from "../store/audit-hash.ts";
import type { AuditedRow } from "../store/records.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

describe("GET /v1/audit", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await server.close();
  });

  it("tells who did what, page by page, and what it tells makes the chain whole", async () => {
    await server.enrol("anna", { face: "anna" });
    await server.call("/v1/customers/anna/block", { method: "PUT", body: { reason: "test" } });
    await server.call("/v1/policy", { method: "PUT", body: { thresholds: { match: "strict" } } });
    const chain = createAuditChain();
    const rows: AuditedRow[] = [];
    let next: unknown = null;
    let head: unknown = null;
    do {
      const query = typeof next === "string" ? `&after=${next}` : "";
      const { body } = await server.call(`/v1/audit?limit=2${query}`);
      for (const { at, ...row } of body["items"] as (AuditedRow & { at: string })[]) {
        rows.push({ ...row, atMs: Date.parse(at) });
      }
      ({ next, head } = body);
    } while (next !== null);
    for (const row of rows) assert.ok(chain.add(row), `row ${row.sequence} breaks the chain`);
    const actions = rows.map((row) => row.action);
    for (const action of ["customer.blocked", "policy.changed"]) assert.ok(actions.includes(action), action);
    const last = rows.at(-1);
    assert.deepEqual(head, { sequence: last?.sequence, hash: last?.hash });
    assert.ok(!JSON.stringify(rows).includes("anna"), "a customer stands in the audit by its keyed hash only");
  });

  it("answers a key without the scope with 403, and another tenant with its own rows alone", async () => {
    const made = await server.call("/v1/keys", { method: "POST", body: { name: "reader", scopes: ["events:read"] } });
    assert.equal((await server.call("/v1/audit", { key: String(made.body["key"]) })).status, 403);
    const tenant = await server.call("/v1/tenants", { method: "POST", body: { name: "other" } });
    const { body } = await server.call("/v1/audit", { key: String(tenant.body["key"]) });
    const tenants = new Set((body["items"] as { tenantId: string }[]).map((row) => row.tenantId));
    assert.deepEqual([...tenants], [tenant.body["tenantId"]]);
  });
});
