import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { createEngine } from "./create-engine.ts";
import { EngineError } from "./engine-error.ts";
import { childPids, noneRuns, oneComputes } from "./fixtures/child-processes.ts";
import { HEAD_TABLE } from "./heads/head-table.ts";
import type { Engine } from "./inspection.ts";
import { CHECK_NAMES } from "./inspection.ts";
import { MODEL_ROLES, MODEL_TABLE } from "./model-table.ts";

const MODELS = fileURLToPath(new URL("../models", import.meta.url));
const PARENT = fileURLToPath(new URL("./fixtures/lone-parent.ts", import.meta.url));

async function plainPicture(): Promise<Buffer> {
  return await sharp({ create: { width: 320, height: 240, channels: 3, background: "#8899aa" } })
    .jpeg()
    .toBuffer();
}

describe("createEngine", () => {
  let engine: Engine;
  before(async () => {
    engine = await createEngine({ processes: 1 });
  });
  after(async () => {
    await engine.close();
  });

  it("describes its models, its runtime, its limits and what holds its children", () => {
    const info = engine.describe();
    assert.deepEqual(
      info.models.map(({ role, sha256 }) => [role, sha256]),
      [
        ...MODEL_ROLES.map((role) => [role, MODEL_TABLE[role].sha256]),
        ...CHECK_NAMES.map((name) => [name, HEAD_TABLE[name].sha256]),
      ],
    );
    assert.match(info.embedderId, /^87aacdfe57510db2-/);
    assert.deepEqual(info.runtime, { name: "onnxruntime-node", version: "1.30.0" });
    assert.equal(info.isolation.processes, 1);
    assert.equal(info.isolation.spare, 1);
    assert.equal(info.limits.maxPixels, 25_165_824);
  });

  it("gives its children an empty environment, no core file, and a session of their own", () => {
    const pids = childPids();
    assert.equal(pids.length, 2);
    for (const pid of pids) {
      assert.equal(readFileSync(`/proc/${pid}/environ`, "utf8"), "");
      assert.match(readFileSync(`/proc/${pid}/limits`, "utf8"), /^Max core file size +0 +0 /m);
      // Field 6 of stat is the session; a terminal's Ctrl-C does not reach another one.
      assert.equal(/\) \S \d+ \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1], String(pid));
    }
  });

  it("starts its children without a network where the kernel allows it, and says so", () => {
    // Asked of the kernel in the test's own words, so that an engine that does not try is not taken for one that may not.
    const ways = [["--net"], ["--map-root-user", "--net"]];
    const hasNamespaces = ways.some(
      (way) => spawnSync("/usr/bin/unshare", [...way, "/bin/sh", "-c", ":"]).status === 0,
    );
    assert.equal(engine.describe().isolation.network, hasNamespaces ? "none" : "reachable");
    if (!hasNamespaces) return;
    for (const pid of childPids()) {
      // Two lines of heading, then one per interface: the loopback of a new namespace, and that is down.
      const interfaces = readFileSync(`/proc/${pid}/net/dev`, "utf8").trim().split("\n").slice(2);
      assert.deepEqual(
        interfaces.map((line) => line.trim().split(":")[0]),
        ["lo"],
      );
    }
  });

  it("says that the network is reachable when a child got through to the parent", async (t) => {
    const open = await createEngine({ processes: 1, launch: [] });
    t.after(async () => {
      await open.close();
    });
    assert.equal(open.describe().isolation.network, "reachable");
    // Where nothing stands between, either: the environment is empty from the first.
    for (const pid of childPids()) assert.equal(readFileSync(`/proc/${pid}/environ`, "utf8"), "");
  });

  it("answers by size and magic bytes alone before any child is asked", async () => {
    const pdf = Buffer.from("%PDF-1.7 and so on");
    for (const [bytes, problem] of [
      [new Uint8Array(), "empty"],
      [new Uint8Array(8_000_001).fill(0xff), "too_large"],
      [Uint8Array.of(0xff), "unsupported_format"],
      [pdf, "unsupported_format"],
    ] as const) {
      const inspection = await engine.inspect(bytes);
      assert.deepEqual(inspection.problems, [problem]);
      assert.equal(inspection.image.format, null);
      assert.equal(inspection.image.byteLength, bytes.length);
      assert.equal(inspection.faceCount, null);
      assert.deepEqual(inspection.template, { unavailable: problem });
      assert.equal("queue" in inspection.timings, false);
    }
  });

  it("inspects 8,000,000 bytes and tells their SHA-256", async () => {
    const bytes = Buffer.concat([await plainPicture(), Buffer.alloc(8_000_000)]).subarray(0, 8_000_000);
    const { image, problems } = await engine.inspect(bytes);
    assert.deepEqual(problems, ["no_face"]);
    assert.match(image.sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(
      { ...image, sha256: "" },
      { format: "jpeg", width: 320, height: 240, orientation: 1, sha256: "", byteLength: 8_000_000 },
    );
  });

  it("gives the same answer to the same bytes, in whatever order and child", async (t) => {
    const two = await createEngine({ processes: 2 });
    t.after(async () => {
      await two.close();
    });
    const pictures = [
      await plainPicture(),
      await sharp(await plainPicture())
        .png()
        .toBuffer(),
    ];
    const answers = await Promise.all(
      [0, 1, 1, 0, 1, 0, 0, 1].map(async (index) => {
        const { timings, ...rest } = await two.inspect(pictures[index] ?? Buffer.alloc(0));
        assert.ok(Object.values(timings).every((ms) => ms >= 0));
        return JSON.stringify({ index, rest });
      }),
    );
    assert.equal(new Set(answers).size, 2);
  });

  it("refuses to start with a model file that is changed, cut short or missing, names file and hash, and leaves no child", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sameface-models-"));
    const before = childPids().length;
    const file = join(folder, MODEL_TABLE.pose.file);
    const attempts = [
      [
        "modelChanged",
        () => {
          const bytes = readFileSync(file);
          bytes[1000] = (bytes[1000] ?? 0) ^ 1;
          writeFileSync(file, bytes);
        },
      ],
      [
        "modelChanged",
        () => {
          writeFileSync(file, readFileSync(file).subarray(0, 5000));
        },
      ],
      [
        "modelMissing",
        () => {
          rmSync(file);
        },
      ],
    ] as const;
    for (const [code, damage] of attempts) {
      cpSync(MODELS, folder, { recursive: true });
      damage();
      await assert.rejects(createEngine({ processes: 1, modelsFolder: folder }), (error) => {
        assert.ok(error instanceof EngineError);
        assert.equal(error.code, code);
        return error.message.includes(file) && error.message.includes(MODEL_TABLE.pose.sha256);
      });
      assert.equal(childPids().length, before);
    }
    rmSync(folder, { recursive: true });
  });

  it("leaves no child when its parent is killed with SIGKILL, one in the middle of a bomb included", async (t) => {
    const parent = spawn(process.execPath, ["--conditions=@sameface/source", PARENT], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.after(() => parent.kill("SIGKILL"));
    // Its one line: a child has been given its picture, whose decode deadline is a minute away.
    await once(parent.stdout, "data");
    const pids = childPids(parent.pid);
    assert.equal(pids.length, 2);
    await oneComputes(pids);
    const startedAt = performance.now();
    parent.kill("SIGKILL");
    await noneRuns(pids);
    assert.ok(performance.now() - startedAt < 2000);
  });

  it("leaves a terminal's Ctrl-C to the parent: its children live on until it closes", async (t) => {
    const parent = spawn(process.execPath, ["--conditions=@sameface/source", PARENT], {
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    t.after(() => parent.kill("SIGKILL"));
    await once(parent.stdout, "data");
    const pids = childPids(parent.pid);
    assert.ok(parent.pid !== undefined);
    // A terminal sends SIGINT to the whole foreground group, which is the negative number.
    process.kill(-parent.pid, "SIGINT");
    const [printed] = (await once(parent.stdout, "data")) as [Buffer];
    assert.equal(String(printed), `interrupted, ${pids.length} children\n`);
    await once(parent, "exit");
    await noneRuns(pids);
  });
});
