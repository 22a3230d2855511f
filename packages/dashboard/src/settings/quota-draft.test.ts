import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quotaDraftOf, quotasOf, wrongQuotas } from "./quota-draft.ts";

const IN_FORCE = {
  customers: { used: 3, most: 10 },
  endpoints: { used: 1, most: null },
  keys: { used: 2, most: 0 },
  pictureBytes: { used: 0, most: null },
} as const;

describe("the form of a tenant's bounds", () => {
  it("gives back what it read, an empty one as none and 0 as 0", () => {
    const draft = quotaDraftOf(IN_FORCE);
    assert.deepEqual(draft, { customers: "10", endpoints: "", keys: "0", pictureBytes: "" });
    assert.deepEqual(wrongQuotas(draft), []);
    assert.deepEqual(quotasOf(draft), { customers: 10, endpoints: null, keys: 0, pictureBytes: null });
  });

  it("says which are no whole number", () => {
    const draft = quotaDraftOf(IN_FORCE);
    const wrong = { ...draft, customers: "1.5", endpoints: "-1", keys: "x", pictureBytes: "1e30" };
    assert.deepEqual(wrongQuotas(wrong), ["customers", "endpoints", "keys", "pictureBytes"]);
  });
});
