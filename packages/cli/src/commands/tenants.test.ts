import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answering } from "../answering.fixture.ts";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { keptTerminal } from "../terminal.fixture.ts";

const IN_FORCE = {
  customers: { used: 3, most: 10 },
  endpoints: { used: 1, most: null },
  keys: { used: 2, most: 5 },
  pictureBytes: { used: 0, most: null },
};

describe("sameface tenants quotas", () => {
  it("tells what a tenant has and may have, and changes nothing by that", async () => {
    await using server = await answering(200, IN_FORCE);
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["tenants", "quotas", "default", "--url", server.url]), EXIT.done);
    assert.deepEqual(terminal.lines, [
      "customers  3 of 10",
      "endpoints  1 of any number",
      "keys  2 of 5",
      "pictureBytes  0 of any number",
    ]);
    assert.deepEqual(
      server.asked.map(({ method, url }) => `${method} ${url}`),
      ["GET /v1/tenants/default/quotas"],
    );
  });

  it("sets the bounds that are named, lifts those that are to be none, and leaves the others", async () => {
    await using server = await answering(200, IN_FORCE);
    const change = ["--customers", "20", "--keys", "none", "--picture-bytes", "0"];
    const terminal = keptTerminal();
    assert.equal(await runProgram(terminal, ["tenants", "quotas", "shop", ...change, "--url", server.url]), EXIT.done);
    const [, put] = server.asked;
    assert.deepEqual([put?.method, put?.url], ["PUT", "/v1/tenants/shop/quotas"]);
    assert.deepEqual(JSON.parse(put?.body ?? ""), { customers: 20, endpoints: null, keys: null, pictureBytes: 0 });
  });

  it("ends with 2 for a bound that is no whole number", async () => {
    for (const bound of ["many", "-1", "1.5", "", "1e30"]) {
      const terminal = keptTerminal();
      assert.equal(await runProgram(terminal, ["tenants", "quotas", "default", "--keys", bound]), EXIT.usage, bound);
      assert.match(terminal.errors.join(), /whole number, or none/);
    }
  });
});
