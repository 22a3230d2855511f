import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";

/** Imports a module in a process of its own and tells every module that was loaded for it. */
function loadedBy(specifier: string): string[] {
  const script = `
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({ load: (url, context, next) => { urls.push(url); return next(url, context); } });
    await import(${JSON.stringify(specifier)});
    process.stdout.write(urls.join("\\n"));
  `;
  const conditions = "--conditions=@sameface/source";
  const loaded = execFileSync(process.execPath, [conditions, "--input-type=module", "--eval", script], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  return loaded.split("\n");
}

describe("weight of the root", () => {
  it("loads its own files only: no schema library, nothing of Node, nothing third-party", () => {
    const loaded = loadedBy("@sameface/contract");
    assert.ok(loaded.some((url) => url.endsWith("/packages/contract/src/signature.ts")));
    const foreign = loaded.filter((url) => !/\/packages\/contract\/src\/[a-z0-9.-]+\.ts$/.test(url));
    assert.deepEqual(foreign, []);
  });
});
