import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { blocksOf, runBlock, startDocumentServer } from "./support/document-blocks.ts";
import { freePort } from "./support/free-port.ts";
import type { ServerProcess } from "./support/server-process.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "..");

/** Commands of each guide that run below. */
const RUN: Readonly<Record<string, number>> = {
  "capacity.md": 0,
  "first-webhook.md": 4, // the last, `listen`, runs in tests/proc/listen.test.ts
  "go-to-production.md": 1,
  "leave-the-vendor-webhook.md": 1,
  "liveness-limits.md": 1,
  "operate.md": 2,
  "privacy-and-law.md": 1,
  "scale.md": 0,
};

describe("the guide to the first webhook", () => {
  it("has commands that work as they stand: a receiver, two samples, and a certificate", {
    timeout: 120_000,
  }, async () => {
    const [receive = "", send = "", certify = ""] = blocksOf("guides/first-webhook.md");
    const port = String(await freePort());
    // One shell, as a reader has: the secret that it exports is that of the commands after it.
    const script = `${receive.trimEnd()} &\nwhile read -r line; do\n${send}\n${certify}\necho "certified $?"\ndone`;
    const shell = spawn("bash", ["-c", script.replaceAll("3000", port)], { cwd: REPOSITORY, detached: true });
    const lines: string[] = [];
    const stdout = createInterface({ input: shell.stdout });
    const ended = once(shell, "exit");
    for await (const line of stdout) {
      lines.push(line);
      if (line.startsWith("listening on")) shell.stdin.end("go\n");
      if (line.startsWith("certified")) break;
    }
    // The receiver is the shell's child: both go.
    process.kill(-(shell.pid ?? 0));
    await ended;
    const said = lines.join("\n");
    assert.match(said, /^\S+ passed$/m);
    assert.match(said, /^\S+ spoof$/m);
    assert.match(said, /^certified 0$/m);
  });
});

describe("the guides", () => {
  it("have no command that no test runs", () => {
    const guides = readdirSync(path.join(REPOSITORY, "docs/guides"));
    assert.deepEqual(Object.fromEntries(guides.map((guide) => [guide, blocksOf(`guides/${guide}`).length])), RUN);
  });

  it("say what to do for each alert, and for no other", () => {
    const rules = readFileSync(path.join(REPOSITORY, "deploy/prometheus/alerts.yaml"), "utf8");
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const guide = readFileSync(path.join(REPOSITORY, "docs/guides/operate.md"), "utf8");
    const told = [...guide.matchAll(/^\| `(Sameface\w+)` \|/gm)].map(([, name]) => name);
    assert.deepEqual(told.sort(), alerts.sort());
  });
});

describe("the guides for whoever runs a server", () => {
  let server: ServerProcess;
  let work: string;
  let remove: () => Promise<void>;

  before(async () => {
    ({ server, work, remove } = await startDocumentServer());
  });
  after(async () => {
    await server.stop();
    await remove();
  });

  const run = async (shell: string, env: Readonly<Record<string, string>> = {}): Promise<string> =>
    await runBlock(shell, { server, cwd: work, env });
  const block = (guide: string, at = 0): string =>
    blocksOf(`guides/${guide}`)[at] ?? assert.fail(`${guide} has no block ${at}`);

  it("make an endpoint as the vendor's receiver expects it, and find nothing to mend on a server that is well", async () => {
    const endpoint = JSON.parse(await run(block("leave-the-vendor-webhook.md"))) as { id: string; profile: string };
    assert.equal(endpoint.profile, "incode");
    const looked = await run(block("operate.md"));
    assert.match(looked, /"status":"ready".*"items":\[.*"items":\[\].*"items":\[\]/s);
    assert.match(await run(block("operate.md", 1), { ENDPOINT: endpoint.id }), /finished/);
  });

  it("make a policy that asks for moves, a fresh picture and a second factor", async () => {
    await run(block("liveness-limits.md"));
    const { body } = await server.call("/v1/policy");
    const { capture, replayedPictures, secondFactor } = body as Record<string, Record<string, unknown>>;
    assert.deepEqual([capture?.["liveness"], replayedPictures, secondFactor], ["both", "all", true]);
  });

  it("bound what a tenant may have, and say for how many days pictures are kept", async () => {
    const told = await run(block("go-to-production.md"));
    assert.match(told, /^customers {2}1 of 50000$/m);
    assert.match(told, /^keys {2}\d+ of any number$/m);
    assert.match(told, /^retention\.pictureDays = 0$/m);
    const { body } = await server.call("/v1/quotas");
    const { customers, pictureBytes } = body as Record<string, { most: unknown }>;
    assert.deepEqual([customers?.most, pictureBytes?.most], [50_000, 10_000_000_000]);
  });

  it("export a customer, erase them with a receipt, and verify the audit", async () => {
    assert.match(await run(block("privacy-and-law.md")), /receipt/i);
    const exported = readFileSync(path.join(work, "anna.jsonl"), "utf8");
    assert.match(exported, /"customerId":"anna"/);
    assert.equal((await server.call("/v1/customers/anna")).status, 404);
  });
});
