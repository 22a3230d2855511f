import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { judgeLockfile, type Locked } from "./judge-lockfile.ts";
import { ROOT } from "./root.ts";

const GOOD: Readonly<Record<string, Locked>> = {
  "": { hasInstallScript: true },
  "packages/own": {},
  "node_modules/own": { link: true },
  "node_modules/a": { integrity: "sha512-x", optionalDependencies: { "a-linux": "1" } },
  "node_modules/a-linux": { integrity: "sha512-x" },
};

describe("judgeLockfile", () => {
  it("passes our own packages, links, and third-party ones with hash and all platforms", () => {
    assert.deepEqual(judgeLockfile(GOOD, {}), []);
  });

  it("refuses a third-party package without integrity", () => {
    assert.deepEqual(judgeLockfile({ ...GOOD, "node_modules/b": {} }, {}), ["node_modules/b: no integrity"]);
  });

  it("refuses an install script, nested too, until package.json decides about it", () => {
    const path = "node_modules/a/node_modules/@scope/b";
    const packages = { ...GOOD, [path]: { integrity: "sha512-x", hasInstallScript: true } };
    assert.match(judgeLockfile(packages, { b: false }).join(), /has an install script/);
    assert.deepEqual(judgeLockfile(packages, { "@scope/b": false }), []);
  });

  it("refuses an optional package for another platform that is not locked", () => {
    const packages = { ...GOOD, "node_modules/c": { integrity: "sha512-x", optionalDependencies: { "c-win": "1" } } };
    assert.match(judgeLockfile(packages, {}).join(), /node_modules\/c: c-win is not locked/);
  });

  it("finds in this repository's own lockfile the two scripts that are refused, and no other", () => {
    const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, "utf8")) as {
      packages: Record<string, Locked>;
    };
    assert.deepEqual(judgeLockfile(packages, { "onnxruntime-node": false, protobufjs: false }), []);
    assert.equal(judgeLockfile(packages, {}).length, 2);
  });
});
