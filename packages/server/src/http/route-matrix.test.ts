import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { SCOPES, type Scope } from "../store/records.ts";
import { onePerKind } from "./one-per-kind.fixture.ts";
import type { RouteShape } from "./route.ts";
import { ROUTE_SHAPES } from "./route-shapes.ts";
import { startTestServer, type TestAnswer, type TestCall, type TestServer } from "./test-server.fixture.ts";

const GUARDED = ROUTE_SHAPES.filter((one) => one.scopes !== "public");
const WITH_ID = GUARDED.filter((one) => one.path.includes("{"));
const NOBODY = "0".repeat(24);

/** Bodies that would be taken, so that it is the id that is refused; other routes take none. */
const BODIES: Readonly<Record<string, object>> = {
  blockCustomer: { reason: "x" },
  updateEndpoint: { description: "x" },
  rotateEndpointSecret: {},
  testEndpoint: { sample: "passed" },
  addTemplate: { image: Buffer.from("{}").toString("base64") },
  nextOfStream: { session: NOBODY },
  signForStream: { eventId: NOBODY },
};

/** They answer alike for an id that never was, by design: an enrolment makes it, an erasure leaves a tombstone. */
const ALIKE = new Set(["enrolCustomer", "eraseCustomer"]);

/** The rule once more, in other words: the code that is judged must not be asked. */
function opens(scope: string, { scopes }: RouteShape): boolean {
  if (scopes === "public") return true;
  const named: readonly string[] = scopes;
  if (named.every((one) => one === "root")) return scope === "root";
  return named.includes(scope) || scope === "admin" || scope === "root";
}

describe("the route table", () => {
  let server: TestServer;
  let ids: Readonly<Record<string, string>>;
  let other: string;
  before(async () => {
    server = await startTestServer();
    ids = await onePerKind(server);
    other = String((await post("/v1/tenants", { name: "other" })).body["key"]);
  });
  after(async () => {
    await server.close();
  });

  const post = async (path: string, body: object, key: string = server.key): Promise<TestAnswer> =>
    await server.call(path, { method: "POST", body, key });

  const keysOf = async (scopes: readonly Scope[], maker?: string): Promise<ReadonlyMap<Scope, string>> => {
    const keys = new Map<Scope, string>();
    for (const scope of scopes) {
      const made = await post("/v1/keys", { name: scope, scopes: [scope] }, maker);
      keys.set(scope, String(made.body["key"]));
    }
    return keys;
  };

  it("answers 401 on every route without a key, but on those that are public", async () => {
    for (const shape of ROUTE_SHAPES) {
      const { status } = await server.call(pathOf(shape, NOBODY), { ...emptyCall(shape), key: null });
      const isOpen = shape.scopes === "public" || shape.openToLoopback === true;
      assert.equal(status === 401, !isOpen, `${shape.operationId}: ${status}`);
    }
  });

  it("opens each route to its own scopes alone: every route × every scope", async () => {
    const keys = await keysOf(SCOPES);
    for (const shape of GUARDED) {
      for (const [scope, key] of keys) {
        const answer = await server.call(pathOf(shape, NOBODY), { ...emptyCall(shape), key });
        const told = `${shape.operationId} with ${scope}: ${answer.text}`;
        assert.equal(answer.status !== 403, opens(scope, shape), told);
        assert.ok(answer.status !== 401 && answer.status < 500, told);
      }
    }
  });

  it("answers 404 for every id of another tenant, or 403: every route with an id × every scope", async () => {
    // Root belongs to the first tenant alone.
    const scopes = SCOPES.filter((one) => one !== "root");
    const keys = await keysOf(scopes, other);
    let found = 0;
    for (const shape of WITH_ID) {
      const id = ids[kindOf(shape)];
      assert.ok(id !== undefined, `${shape.operationId} has no id to be tried with`);
      for (const [scope, key] of keys) {
        const allowed = opens(scope, shape);
        if (allowed && ALIKE.has(shape.operationId)) continue;
        const body = BODIES[shape.operationId];
        const call = { method: shape.method, key, ...(body === undefined ? {} : { body }) };
        const answer = await server.call(pathOf(shape, id), call);
        const told = `${shape.operationId} with ${scope}: ${answer.text}`;
        assert.equal(answer.status, allowed ? 404 : 403, told);
        found += allowed ? 1 : 0;
      }
    }
    // Each is open to admin and to one scope of its own at least.
    // The root's own routes are open to no key of a tenant.
    const open = WITH_ID.filter((shape) => opens("admin", shape) && !ALIKE.has(shape.operationId));
    assert.ok(found >= open.length * 2, `${found} were allowed`);
  });

  it("lists nothing of another tenant, and lets none of its customers or transactions be used", async () => {
    const lists = ["customers", "authentications", "endpoints", "events", "deliveries", "replays", "operator-events"];
    for (const list of lists) {
      assert.deepEqual((await server.call(`/v1/${list}`, { key: other })).body["items"], [], list);
    }
    const stranger = await server.authenticate("anna", { face: "anna", shot: 2 }, { key: other });
    assert.equal(stranger.body["outcome"], "unknown-customer");
    await server.call("/v1/customers/anna", { method: "DELETE", key: other });
    assert.equal((await server.call("/v1/customers/anna")).status, 200);
    const { body } = await server.call(`/v1/authentications/${ids["authentications"] ?? ""}`);
    const transaction = { transactionId: body["transactionId"] };
    assert.equal((await post("/v1/authentications/verify", transaction)).body["verified"], true);
    assert.equal((await post("/v1/authentications/verify", transaction, other)).body["verified"], false);
  });
});

/** `/v1/customers/{customerId}/block` → `customers` */
function kindOf({ path }: RouteShape): string {
  return path.split("/")[2] ?? "";
}

function pathOf({ path }: RouteShape, id: string): string {
  return path.replace(/\{[A-Za-z]+\}/, id);
}

/** A call that gets as far as the key does, and no further where the route wants more. */
function emptyCall({ method, body }: RouteShape): TestCall {
  if (body === undefined) return { method };
  if (body.kind === "lines") return { method, body: "", headers: { "content-type": "application/x-ndjson" } };
  return { method, body: {} };
}
