import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { StoreError } from "../store-error.ts";
import { makePrivateFolder } from "./private-files.ts";

describe("the data folder", () => {
  it("is made with the folders above it, closed to others", async () => {
    const parent = await mkdtemp(join(tmpdir(), "sameface-folder-"));
    makePrivateFolder(join(parent, "a", "b"));
    assert.equal((await stat(join(parent, "a", "b"))).mode & 0o777, 0o700);
    await rm(parent, { recursive: true });
  });

  it("is refused, and left as it is, where it is open and holds other files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sameface-folder-"));
    await writeFile(join(folder, "somebody-elses.txt"), "");
    await chmod(folder, 0o755);
    assert.throws(
      () => {
        makePrivateFolder(folder);
      },
      (error: unknown) => error instanceof StoreError && /holds other files/.test(error.message),
    );
    assert.equal((await stat(folder)).mode & 0o777, 0o755);
    await rm(folder, { recursive: true });
  });

  it("is refused at once where the file system takes no new folder", { skip: !existsSync("/proc/self") }, () => {
    assert.throws(
      () => {
        makePrivateFolder("/proc/sameface-data");
      },
      (error: unknown) => error instanceof StoreError && /SAMEFACE_DATA/.test(error.message),
    );
  });
});
