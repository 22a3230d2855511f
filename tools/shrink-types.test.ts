import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shrinkTypes } from "./shrink-types.ts";

describe("types as they are published", () => {
  it("keep their tokens, and of the docs the first sentence on a function", () => {
    const text = `import { Mac } from "./mac.js";
      /** What it takes. Not shown. */
      interface Options {
        /** Not shown. */
        readonly mac?: Mac;
        readonly list: readonly (string | number)[];
      }
      /**
       * Makes a thing,
       * at once: nothing waits. Never throws.
       * @throws nothing
       */
      declare function make(options: Options): void;
      declare const MOST = 1;
      export { MOST, type Options, make };`;
    assert.equal(
      shrinkTypes(text),
      `import{Mac}from"./mac.js"
interface Options{readonly mac?:Mac;readonly list:readonly(string|number)[]}
/** Makes a thing, at once. */export function make(options:Options):void
export const MOST=1
`,
    );
  });

  it("are refused where a name would change, or a value would be told that is not there", () => {
    assert.throws(() => shrinkTypes("interface A {}\nexport { A as B };"), /A as B is exported by another name/);
    assert.throws(() => shrinkTypes("declare const hidden = 1;\nexport {};"), /hidden would be exported/);
  });
});
