import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

describe("a bundle of an application that receives", () => {
  it("takes at most 10 KB of it for the receiver, the contract, a store and an adapter, minified and gzipped", async () => {
    const entry = "app";
    const code = `export { createReceiver, createSqliteStore } from "@sameface/receiver";
      export { fetchHandler } from "@sameface/receiver/fetch";`;
    await using bundle = await rolldown({
      input: entry,
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      platform: "neutral",
      resolve: { conditionNames: ["@sameface/source", "default"] },
      plugins: [
        {
          name: "entry",
          resolveId: (id) => (id === entry ? fileURLToPath(new URL("./app.ts", import.meta.url)) : null),
          load: (id) => (id.endsWith("/src/app.ts") ? code : null),
        },
      ],
    });
    const { output } = await bundle.generate({ format: "esm", minify: true });
    assert.equal(output.length, 1);
    const { length } = gzipSync(output[0].code);
    assert.ok(length > 5000 && length <= 10 * 1024, `${length} bytes`);
    console.log(`bundle: ${output[0].code.length} bytes, gzipped ${length}`);
  });
});
