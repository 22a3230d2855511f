import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { devFaces, hasDevFaces, pictureOf } from "./support/dev-faces.ts";
import { startServerProcess, temporaryFolder } from "./support/server-process.ts";

const README = path.resolve(import.meta.dirname, "../README.md");
const skip = hasDevFaces() ? false : "skipped: faces missing, 1 cases";

/** The block of calls, as a reader would paste it. */
function callsOfReadme(): string {
  const blocks = [...readFileSync(README, "utf8").matchAll(/^```sh\n(.*?)^```$/gms)].map((block) => block[1] ?? "");
  const calls = blocks.filter((block) => block.includes("/v1/"));
  assert.equal(calls.length, 1);
  return calls[0] ?? "";
}

/** Without glasses in both sessions: by default lenses block. */
const BARE_FACED = "nuaa_0001";

/** Two pictures of one person, taken in two sessions. */
async function putPictures(folder: string): Promise<void> {
  const faces = devFaces("pairs").filter((face) => face.identity === BARE_FACED);
  const again = faces.find((face) => face.session !== faces[0]?.session);
  assert.ok(faces[0] !== undefined && again !== undefined);
  await writeFile(path.join(folder, "anna-1.jpg"), Buffer.from(pictureOf(faces[0].path), "base64"));
  await writeFile(path.join(folder, "anna-2.jpg"), Buffer.from(pictureOf(again.path), "base64"));
}

describe("README", { skip }, () => {
  it("has calls that work as they stand, from the endpoint to the delivery", async () => {
    await using folder = await temporaryFolder();
    const work = path.join(path.dirname(folder.path), "work");
    await mkdir(work);
    await putPictures(work);
    const server = await startServerProcess({ folder: folder.path });
    try {
      const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", callsOfReadme()], {
        cwd: work,
        env: { PATH: process.env["PATH"] ?? "", SAMEFACE_URL: server.url, SAMEFACE_KEY: server.key },
      });
      for (const told of [
        '"secret":"whsec_',
        '"interviewId":"',
        '"outcome":"passed"',
        '"overallStatus":"PASS"',
        '"status":"',
      ]) {
        assert.ok(stdout.replaceAll('": ', '":').includes(told), `no ${told} in:\n${stdout}`);
      }
    } finally {
      await server.stop();
    }
  });
});
