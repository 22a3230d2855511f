import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { startRecordingReceiver } from "../support/recording-receiver.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const CLI = path.resolve(import.meta.dirname, "../../packages/cli/src/main.ts");

/** A real `sameface listen`; resolves when the stream is open. */
async function startListen(server: ServerProcess, forwardTo: string): Promise<ChildProcess> {
  const args = ["--conditions=@sameface/source", CLI, "listen", "--forward-to", forwardTo, "--name", "laptop"];
  const env = { PATH: process.env["PATH"] ?? "", SAMEFACE_URL: server.url, SAMEFACE_KEY: server.key };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const opened = once(createInterface({ input: child.stdout }), "line");
  await Promise.race([opened, once(child, "exit").then(() => assert.fail("listen ended"))]);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, "exit");
  child.kill(signal);
  await exited;
}

async function happen(server: ServerProcess, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    // Each of another customer: attempts of one are barred after five failures (T7).
    const body = { customerId: randomBytes(8).toString("hex"), image: "AAAA" };
    const answer = await server.call("/v1/authentications", { method: "POST", body });
    assert.equal(answer.status, 200);
    ids.push(String(answer.body["eventId"]));
  }
  return ids;
}

describe("sameface listen, killed and started again", () => {
  it("brings what was missed in order, once each, though listener and server are killed", {
    timeout: 120_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const receiver = await startRecordingReceiver();
    let server = await startServerProcess({ folder: folder.path });
    const { key } = server;
    const port = new URL(server.url).port;
    let listener = await startListen(server, receiver.url);
    const ids = await happen(server, 5);
    await receiver.until((requests) => requests.length >= 5);
    // Its last result may be under way: the ask after it says that it is not.
    await end(listener, "SIGTERM");
    ids.push(...(await happen(server, 120)));
    listener = await startListen(server, receiver.url);
    await receiver.until((requests) => requests.length >= 40);
    await server.stop("SIGKILL");
    server = await startServerProcess({ folder: folder.path, key, env: { SAMEFACE_PORT: port } });
    ids.push(...(await happen(server, 5)));
    await receiver.until((requests) => requests.length >= ids.length);
    await end(listener, "SIGTERM");
    assert.deepEqual(
      receiver.requests.map((one) => one.id),
      ids,
    );
    // Killed hard, the one that it had may come again, and no other.
    listener = await startListen(server, receiver.url);
    ids.push(...(await happen(server, 30)));
    await receiver.until((requests) => requests.length >= ids.length - 20);
    await end(listener, "SIGKILL");
    listener = await startListen(server, receiver.url);
    await receiver.until((requests) => requests.at(-1)?.id === ids.at(-1));
    await end(listener, "SIGTERM");
    const came = receiver.requests.map((one) => one.id);
    assert.deepEqual([...new Set(came)], ids);
    assert.ok(came.length <= ids.length + 1, `${came.length - ids.length} came twice`);
    await server.stop();
    await receiver.close();
  });
});
