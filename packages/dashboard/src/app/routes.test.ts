import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hrefOf, readPlace } from "./routes.ts";

describe("the places of the dashboard", () => {
  it("come back from their address as they went in, whatever an id or a filter holds", () => {
    for (const rest of ["a", "a/b", "%", "ключ", "<b>", "?x=1#y", "\u202Eabc"]) {
      const query = { customerId: `${rest}&=`, outcome: "spoof" };
      assert.deepEqual(readPlace(hrefOf("customers", rest, query)), { page: "customers", rest, query });
    }
  });

  it("are the overview where the address means nothing", () => {
    for (const hash of ["", "#", "#/", "#/nope", "#/constructor", "#nope?x"])
      assert.equal(readPlace(hash).page, "overview");
    assert.equal(readPlace("#/customers/%E0%A4%A").rest, "%E0%A4%A");
  });

  it("leave out what is not asked for", () => {
    assert.equal(hrefOf("authentications", null, { outcome: "", after: null, x: undefined }), "#/authentications");
  });
});
