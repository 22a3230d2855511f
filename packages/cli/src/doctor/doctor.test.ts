import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { DATABASE_FILE } from "@sameface/server";
import { checkClock } from "./check-clock.ts";
import { checkDatabase, checkDataFolder, checkPostgres } from "./check-data.ts";
import { checkNode } from "./check-node.ts";
import { checkPort } from "./check-port.ts";

async function folder() {
  const parent = await mkdtemp(path.join(tmpdir(), "sameface-doctor-"));
  return {
    path: parent,
    async [Symbol.asyncDispose]() {
      await rm(parent, { recursive: true, force: true });
    },
  };
}

describe("sameface doctor", () => {
  it("wants Node 24", () => {
    assert.equal(checkNode("24.21.0").ok, true);
    assert.match(checkNode("20.20.2").mend ?? "", /Install Node 24/);
  });

  it("wants a clock that is not before this version was written", () => {
    assert.equal(checkClock(Date.UTC(2026, 10, 24)).ok, true);
    assert.match(checkClock(0).mend ?? "", /Set the clock/);
  });

  it("wants a free port", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    assert.match((await checkPort({ host: "127.0.0.1", port })).mend ?? "", /SAMEFACE_PORT/);
    await new Promise((resolve) => taken.close(resolve));
    assert.equal((await checkPort({ host: "127.0.0.1", port })).ok, true);
  });

  it("wants a data folder closed to other users, and takes one that is still to be made", async () => {
    await using parent = await folder();
    const data = path.join(parent.path, "data");
    assert.equal((await checkDataFolder(data)).ok, true);
    await mkdir(data, { mode: 0o700 });
    assert.equal((await checkDataFolder(data)).ok, true);
    await chmod(data, 0o755);
    assert.match((await checkDataFolder(data)).mend ?? "", /chmod 700/);
  });

  it("names a database that is none", async () => {
    await using parent = await folder();
    assert.equal((await checkDatabase(parent.path)).ok, true);
    await writeFile(path.join(parent.path, DATABASE_FILE), "this is no database, whatever its name says");
    assert.equal((await checkDatabase(parent.path)).ok, false);
  });

  it("names a PostgreSQL that can't be reached, and never its password", async () => {
    const taken = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { ok, detail, mend } = await checkPostgres(`postgres://ann:hunter2@127.0.0.1:${port}/faces`);
    await new Promise((resolve) => taken.close(resolve));
    assert.equal(ok, false);
    assert.match(`${detail} ${mend}`, new RegExp(`^the database 127.0.0.1:${port}/faces .*SAMEFACE_DATABASE_URL`));
    assert.doesNotMatch(`${detail} ${mend}`, /hunter2|ann/);
    const wrong = await checkPostgres("postgres://ann:hunter2@127.0.0.1/faces?sslmode=prefer");
    assert.match(wrong.detail, /sslmode must be/);
  });
});
