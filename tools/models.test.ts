import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { MODEL_TABLE } from "../packages/engine/src/model-table.ts";
import { installModels } from "./models.ts";

const SCRIPT = join(import.meta.dirname, "models.ts");
const README = join(import.meta.dirname, "../packages/engine/models/README.md");

/** Runs the script's install into a folder, with a registry that answers nothing. */
async function installInto(
  folder: string,
  registry: string,
): Promise<{ stdout: string; stderr: string; failed: boolean }> {
  const code = `const { installModels } = await import(${JSON.stringify(SCRIPT)}); console.log(installModels(${JSON.stringify(folder)}));`;
  const env = { ...process.env, npm_config_registry: registry, npm_config_cache: join(folder, "cache") };
  const { promise, resolve } = Promise.withResolvers<{ stdout: string; stderr: string; failed: boolean }>();
  const options = { env: { ...env, npm_config_fetch_retries: "0" } };
  execFile(process.execPath, ["--input-type=module", "-e", code], options, (error, stdout, stderr) => {
    resolve({ stdout, stderr, failed: error !== null });
  });
  return await promise;
}

describe("installModels", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "sameface-models-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("fetches nothing when every file is there and right", () => {
    assert.match(installModels(), /^models: 6 files present/u);
  });

  it("says in one line what to do when no registry answers, and leaves no half of a model", async () => {
    const closed = createServer();
    const { promise, resolve } = Promise.withResolvers<number>();
    closed.listen(0, "127.0.0.1", () => {
      const address = closed.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
    const port = await promise;
    const gone = Promise.withResolvers<undefined>();
    closed.close(() => {
      gone.resolve(undefined);
    });
    await gone.promise;
    writeFileSync(join(folder, MODEL_TABLE.pose.file), "truncated");
    const { stderr, failed } = await installInto(folder, `http://127.0.0.1:${port}/`);
    assert.ok(failed);
    assert.match(stderr, /models: npm could not fetch \S+@0\.0\.1 \(ECONNREFUSED\)\. Run `npm run models`/u);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.includes(".part")),
      [],
    );
  });

  it("is described by a README that lists the files as the table pins them", () => {
    const text = readFileSync(README, "utf8");
    for (const { file, bytes, sha256 } of Object.values(MODEL_TABLE)) {
      assert.ok(text.includes(`| ${file} | ${bytes} | ${sha256} |`), file);
    }
  });
});
