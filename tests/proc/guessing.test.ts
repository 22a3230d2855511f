import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { devFaces, hasDevFaces, pictureOf } from "../support/dev-faces.ts";
import { type Answer, type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const LIBRARIES = ["x86_64", "aarch64"].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`);
const library = LIBRARIES.find((file) => existsSync(file));
const skip = hasDevFaces() && library !== undefined ? false : "skipped: faces or libfaketime missing, 1 case";

const ATTEMPTS = 60;
const WAIT_SECONDS = 30;

function person(identity: string): readonly string[] {
  return devFaces("pairs")
    .filter((face) => face.identity === identity)
    .map((face) => pictureOf(face.path));
}

describe("guessing at a real server (T7, S3)", { skip }, () => {
  it("makes sixty wrong attempts wait from the fifth on and stops them at fifty, over kills and restarts", {
    timeout: 240_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const clockFile = `${folder.path}.clock`;
    let aheadSeconds = 0;
    const moveClock = async (seconds: number): Promise<void> => {
      aheadSeconds += seconds;
      await writeFile(clockFile, `+${aheadSeconds}s`);
    };
    await moveClock(0);
    const env = {
      LD_PRELOAD: library ?? "",
      FAKETIME_TIMESTAMP_FILE: clockFile,
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
    const start = async (): Promise<ServerProcess> => await startServerProcess({ folder: folder.path, key: KEY, env });
    let server = await start();
    const policy = { checks: { lenses: "off" } };
    assert.equal((await server.call("/v1/policy", { method: "PUT", body: policy })).status, 200);
    const [image] = person("nuaa_0004");
    const [other] = person("nuaa_0007");
    const enrolled = await server.call("/v1/customers/anna", {
      method: "PUT",
      body: { image, consent: { reference: "test" } },
    });
    assert.equal(enrolled.status, 201);
    const attempt = async (): Promise<Answer> =>
      await server.call("/v1/authentications", { method: "POST", body: { customerId: "anna", image: other } });

    let judged = 0;
    for (let count = 1; count <= ATTEMPTS; count += 1) {
      const answer = await attempt();
      if (judged < 50) assert.equal(answer.body["outcome"], "not-recognized", `attempt ${count}`);
      else assert.equal(answer.status, 429, `attempt ${count} after the stop`);
      if (answer.status === 200) judged += 1;
      // What was counted is on disk, whether the process ends or is killed.
      if (count % 12 === 0) {
        await server.stop(count % 24 === 0 ? "SIGKILL" : "SIGTERM");
        server = await start();
      }
      if (judged < 5) continue;
      const barred = await attempt();
      assert.deepEqual([barred.status, barred.body["code"]], [429, "9005"], `attempt ${count} had no wait behind it`);
      assert.ok(Number(barred.headers.get("retry-after")) > 0);
      await moveClock(WAIT_SECONDS + 1);
    }
    assert.equal(judged, 50);
    await moveClock(30 * 86_400);
    assert.equal((await attempt()).status, 429, "a stop has no end");
    const shown = await server.call("/v1/customers/anna");
    assert.deepEqual(shown.body["lock"], { consecutiveFailures: 50, state: "stopped", until: null });
    assert.equal((await server.call("/v1/customers/anna/unlock", { method: "POST" })).status, 200);
    assert.equal((await attempt()).body["outcome"], "not-recognized");
    await server.stop();
  });
});

const KEY = "a-root-key-that-stays-over-restarts-0123456789";
