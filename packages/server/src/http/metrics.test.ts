import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { METRICS } from "../metrics/metric-table.ts";
import { startTestServer, type TestAnswer, type TestServer } from "./test-server.fixture.ts";

describe("the API of metrics", () => {
  let server: TestServer;
  let storeFails = false;
  before(async () => {
    server = await startTestServer({
      over: (store) => ({
        readBacklog: async () => await (storeFails ? Promise.reject(new Error("gone")) : store.readBacklog()),
      }),
    });
  });
  after(async () => {
    await server.close();
  });

  const read = async (headers: Readonly<Record<string, string>> = {}, key: string | null = null): Promise<TestAnswer> =>
    await server.call("/metrics", { key, headers });
  const valueOf = (text: string, series: string): number | null => {
    const line = text.split("\n").find((one) => one.startsWith(`${series} `));
    return line === undefined ? null : Number(line.slice(series.length + 1));
  };

  it("tells every metric of the table and no other, so that the reference page is what /metrics prints", async () => {
    const { text, headers } = await read();
    assert.equal(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
    assert.deepEqual(
      told,
      Object.values(METRICS).map(({ name, kind }) => `${name} ${kind}`),
    );
  });

  it("counts answers by the pattern of their route, and decisions by outcome, never by who", async () => {
    await server.enrol("metrics-anna", { face: "anna" });
    await server.authenticate("metrics-anna", { face: "anna", shot: 2 });
    await server.authenticate("metrics-nobody", {});
    await server.call("/v1/customers/metrics-anna");
    const { text } = await read();
    assert.equal(valueOf(text, 'sameface_authentications_total{outcome="passed",reason=""}'), 1);
    assert.equal(valueOf(text, 'sameface_authentications_total{outcome="unknown-customer",reason=""}'), 1);
    const series = 'sameface_http_requests_total{method="GET",route="/v1/customers/:customerId",status="200"}';
    assert.equal(valueOf(text, series), 1);
    assert.ok(!text.includes("metrics-anna") && !text.includes("metrics-nobody") && !text.includes("default"));
  });

  it("is open to the machine itself, and behind a proxy or with a key only to the scope metrics:read of the first tenant", async () => {
    const make = async (scope: string, maker = server.key): Promise<string> => {
      const made = await server.call("/v1/keys", {
        method: "POST",
        body: { name: scope, scopes: [scope] },
        key: maker,
      });
      return String(made.body["key"]);
    };
    const other = await server.call("/v1/tenants", { method: "POST", body: { name: "metrics-other" } });
    assert.equal((await read()).status, 200);
    for (const header of ["x-forwarded-for", "forwarded", "via", "x-real-ip"]) {
      assert.equal((await read({ [header]: "203.0.113.9" })).status, 401, header);
    }
    assert.equal((await read({}, "wrong")).status, 401);
    assert.equal((await read({}, await make("metrics:read"))).status, 200);
    assert.equal((await read({}, await make("events:read"))).status, 403);
    assert.equal((await read({}, await make("metrics:read", String(other.body["key"])))).status, 403);
  });

  it("answers while the store does not, and tells nothing of it that was true before", async () => {
    assert.equal(valueOf((await read()).text, "sameface_store_up"), 1);
    storeFails = true;
    const { status, text } = await read();
    storeFails = false;
    assert.equal(status, 200);
    assert.equal(valueOf(text, "sameface_store_up"), 0);
    assert.equal(valueOf(text, 'sameface_deliveries_waiting{status="held"}'), null);
  });
});
