import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { callsOf, type KnownIds } from "./arbitrary-calls.fixture.ts";
import { onePerKind } from "./one-per-kind.fixture.ts";
import { ROUTE_SHAPES } from "./route-shapes.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

/** Requests a route: all of them in a few seconds. More, and other ones: `SAMEFACE_TEST_FUZZ=<runs>:<seed>`. */
const [RUNS = 40, SEED = 20_270_131] = (process.env["SAMEFACE_TEST_FUZZ"] ?? "")
  .split(":")
  .filter((text) => text !== "")
  .map(Number);

/** What tells of the server's inside: a stack, a query, a path, a schema's regular expression (S36). */
const INSIDES =
  /\bat [\w.]+ \(|node_modules|file:\/\/|\/src\/|SQLITE|UNIQUE constraint|\bselect .* from\b|must match pattern/i;

describe(`requests drawn from the API's own schemas, ${RUNS} a route from seed ${SEED}`, () => {
  let server: TestServer;
  let ids: KnownIds;
  before(async () => {
    server = await startTestServer();
    ids = await onePerKind(server);
  });
  after(async () => {
    await server.close();
  });

  for (const shape of ROUTE_SHAPES) {
    it(`answers ${shape.operationId} with what the document tells of it, and never with 500`, async () => {
      await fc.assert(
        fc.asyncProperty(callsOf(shape, ids), async ({ path, ...call }) => {
          // Statuses, schemas and problem codes are held against the route's row inside.
          const { status, text } = await server.call(path, call);
          assert.ok(status < 500, text);
          if (status >= 400) assert.doesNotMatch(text, INSIDES);
        }),
        { numRuns: RUNS, seed: SEED },
      );
    });
  }

  it("logs no fault of its own for any request drawn from the schemas", () => {
    assert.deepEqual(
      server.logLines.filter((line) => line.includes("a request failed")),
      [],
    );
  });
});
