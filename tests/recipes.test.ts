import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { blocksOf, runBlock, startDocumentServer } from "./support/document-blocks.ts";
import { type ServerProcess, startServerProcess } from "./support/server-process.ts";

const HOW_TO = path.resolve(import.meta.dirname, "../docs/how-to");

/** How many commands each recipe has; those of others than these have none. */
const BLOCKS: Readonly<Record<string, number>> = {
  "back-up-and-restore.md": 2,
  "replay-and-be-told.md": 1,
  "show-the-capture-page.md": 1,
  "watch-a-server.md": 2, // the second serves with traces: packages/server/src/tracing/
  // Starts with two keys: packages/server/src/vault/, packages/server/src/proof/.
  "change-the-master-key.md": 2,
  // Needs a PostgreSQL: tests/proc/move-store.test.ts, tests/proc/postgres.test.ts.
  "move-to-postgresql.md": 2,
};

describe("the recipes", () => {
  let server: ServerProcess;
  let folder: string;
  let work: string;
  let remove: () => Promise<void>;

  before(async () => {
    ({ server, folder, work, remove } = await startDocumentServer());
  });
  after(async () => {
    await server.stop();
    await remove();
  });

  const run = async (recipe: string, { at = 0, env = {} } = {}): Promise<string> => {
    const block = blocksOf(`how-to/${recipe}`)[at] ?? assert.fail(`${recipe} has no block ${at}`);
    const inPlace = block.replaceAll("/backups/", `${work}/`).replaceAll("--endpoint ID", '--endpoint "$ENDPOINT"');
    return await runBlock(inPlace, { server, cwd: work, env });
  };

  it("have no command that is not accounted for", () => {
    const counted = readdirSync(HOW_TO).map((recipe) => [recipe, blocksOf(`how-to/${recipe}`).length] as const);
    assert.deepEqual(Object.fromEntries(counted.filter(([, count]) => count > 0)), BLOCKS);
  });

  it("make a key for the metrics, a link to the capture page, and a replay", async () => {
    assert.match(await run("watch-a-server.md"), /sfk_/);
    const capture = { returnUrls: ["https://shop.example/back"] };
    await server.call("/v1/policy", { method: "PUT", body: { capture } });
    assert.match(await run("show-the-capture-page.md"), /"url":"http[^"]+#/);
    const made = await server.call("/v1/endpoints", { method: "POST", body: { url: "https://app.example/webhooks" } });
    assert.match(await run("replay-and-be-told.md", { env: { ENDPOINT: String(made.body["id"]) } }), /finished/);
  });

  it("back up while the server runs, and put it back once it is stopped", async () => {
    const env = { SAMEFACE_DATA: server.folder };
    await run("back-up-and-restore.md", { env });
    assert.ok(existsSync(path.join(work, "monday.db")));
    await server.call("/v1/customers/anna/block", { method: "PUT", body: { reason: "after the backup" } });
    await server.stop();
    await run("back-up-and-restore.md", { at: 1, env });
    server = await startServerProcess({ folder: folder, key: server.key });
    const { status, body } = await server.call("/v1/customers/anna");
    assert.deepEqual([status, body["block"]], [200, null]);
  });
});
