import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ReceiverError } from "./receiver-error.ts";
import { staticHeader } from "./static-header.ts";

const OLD = "old-value-of-20-char";
const NEW = "new-value-of-20-char";

describe("staticHeader", () => {
  it("takes each of two live values, by any case of the name, from a record and from a web Headers", async () => {
    const auth = staticHeader({ name: "Authorization", values: [OLD, NEW] });
    for (const value of [OLD, NEW]) {
      assert.equal(await auth({ authorization: value }), true);
      assert.equal(await auth({ AUTHORIZATION: value }), true);
      assert.equal(await auth(new Headers({ authorization: value })), true);
    }
  });

  it("refuses what is missing, empty, doubled, longer, shorter or of another case", async () => {
    const auth = staticHeader({ name: "x-key", values: [OLD] });
    const wrong = [{}, { "x-key": undefined }, { "x-key": "" }, { "x-key": [OLD, OLD] }, { "x-key": `${OLD} ` }];
    const others = [{ "x-key": OLD.slice(1) }, { "x-key": OLD.toUpperCase() }, { "X-Key": OLD, "x-key": OLD }];
    for (const headers of [...wrong, ...others, new Headers()]) {
      assert.equal(await auth(headers), false, JSON.stringify(headers));
    }
  });

  it("refuses at construction what would let anybody in: no value, an empty or short one, more than two", () => {
    const wrong = [[], [""], ["x".repeat(15)], [OLD, ""], [OLD, NEW, `${NEW}r`]];
    const options = [...wrong.map((values) => ({ name: "x-key", values })), { name: "", values: [OLD] }];
    for (const option of options) {
      assert.throws(
        () => staticHeader(option),
        (error) => error instanceof ReceiverError && error.code === "badOption",
      );
    }
  });
});
