import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

describe("the export of a customer's data", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    for (const name of ["anna", "ben"]) await server.enrol(name, { face: name });
    for (let shot = 1; shot <= 3; shot += 1) await server.authenticate("anna", { face: "anna", shot });
    await server.authenticate("ben", { face: "ben", shot: 1 });
  });
  after(async () => {
    await server.close();
  });

  it("tells consent, enrolments and every attempt with its notification, page by page, and nobody else's", async () => {
    const first = await server.call("/v1/customers/anna/export?limit=2");
    assert.equal(first.status, 200, first.text);
    const rest = await server.call(`/v1/customers/anna/export?limit=2&after=${String(first.body["next"])}`);
    const pages = [first, rest];
    const attempts = pages.flatMap((page) => page.body["authentications"] as { event: object; outcome: string }[]);
    assert.deepEqual(
      attempts.map((one) => one.outcome),
      ["passed", "passed", "passed"],
    );
    for (const one of attempts) assert.match(JSON.stringify(one.event), /"notification":\{.*"customerId":"anna"/);
    assert.equal(rest.body["next"], null);
    assert.deepEqual((first.body["customer"] as Record<string, object>)["consent"], {
      ...(first.body["customer"] as Record<string, object>)["consent"],
      reference: "test",
    });
    assert.ok(pages.every((page) => !page.text.includes("ben") && !page.text.includes("sealed")));
  });

  it("is in the audit before it is told, by the keyed hash alone, and is 404 for whom nobody knows", async () => {
    const exports = async (): Promise<readonly { actor: string; target: string }[]> => {
      const { items } = await server.store.listAudit({ tenantId: "default", after: null, limit: 500 });
      return items.filter((one) => one.action === "customer.exported");
    };
    const before = (await exports()).length;
    await server.call("/v1/customers/ben/export");
    const now = await exports();
    assert.equal(now.length, before + 1);
    assert.match(now.at(-1)?.target ?? "", /^customer:[0-9a-f]{64}$/);
    assert.match(now.at(-1)?.actor ?? "", /^key:root_/);
    assert.equal((await server.call("/v1/customers/nobody/export")).status, 404);
    assert.equal((await exports()).length, now.length);
  });
});
