import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { REFUSAL_STATUS } from "./refusals.ts";
import { golden, SECRET, signed } from "./signed.fixture.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The code of the page; only where it keeps its file and on which port it listens is changed. */
function codeOfReadme(folder: string): string {
  const [block] = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]);
  assert.ok(block?.includes('"received.sqlite"') === true && block.includes(".listen(3000);"));
  return block
    .replace('"received.sqlite"', JSON.stringify(join(folder, "received.sqlite")))
    .replace(".listen(3000);", '.listen(0, "127.0.0.1", function () { console.log("port", this.address().port); });');
}

describe("README", () => {
  it("has code that runs as it stands, lets in who passed, keeps out who did not, and each once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sameface-receiver-"));
    const args = ["--conditions=@sameface/source", "--input-type=module-typescript", "--eval", codeOfReadme(folder)];
    const child = spawn(process.execPath, args, {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { PATH: process.env["PATH"] ?? "", SAMEFACE_WEBHOOK_SECRET: SECRET },
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      const nextLine = async (): Promise<string> => String((await lines.next()).value);
      const port = (await nextLine()).replace("port ", "");
      const atSeconds = Math.floor(Date.now() / 1000);
      for (const name of ["passed", "passed", "mask"]) {
        const { headers, body } = await signed({ id: name, body: golden(name), atSeconds });
        const init = { method: "POST", headers, body: Buffer.from(body) };
        assert.equal((await fetch(`http://127.0.0.1:${port}/`, init)).status, 204);
      }
      assert.match(await nextLine(), /^passed let in [0-9a-f]{24}$/);
      assert.match(await nextLine(), /^mask keep out [0-9a-f]{24} declined$/);
    } finally {
      child.kill();
      await once(child, "exit");
      rmSync(folder, { recursive: true });
    }
  });

  it("lists every status that a refusal has", () => {
    for (const status of new Set(Object.values(REFUSAL_STATUS))) {
      if (status !== 405) assert.match(readme, new RegExp(`\\| ${status}`), String(status));
    }
  });
});
