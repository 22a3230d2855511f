import assert from "node:assert/strict";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { startPostgresCluster } from "../support/postgres-cluster.ts";
import { startRecordingReceiver } from "../support/recording-receiver.ts";
import { type Answer, type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { mayMount, mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";

const skip = mayMount() ? false : "skipped: no right to mount, 2 cases";
if (skip !== false) console.log(skip);

/** Waits for something that another process does: asks again until it has come. */
async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 50));
}

const authenticate = async (server: ServerProcess, n: number): Promise<Answer> =>
  await server.call("/v1/authentications", { method: "POST", body: { customerId: `nobody-${n}`, image: "AAAA" } });

/** What callers were answered, one after another. */
interface Story {
  readonly acknowledged: string[];
  readonly refused: Answer[];
}

/** Callers who go on whatever they are answered, until `isOver`. */
async function callOn(server: ServerProcess, { acknowledged, refused }: Story, isOver: () => boolean): Promise<void> {
  const caller = async (first: number): Promise<void> => {
    for (let n = first; !isOver(); n += 4) {
      const answer = await authenticate(server, n);
      if (answer.status === 200) acknowledged.push(String(answer.body["eventId"]));
      else refused.push(answer);
    }
  };
  await Promise.all([0, 1, 2, 3].map(caller));
}

/** Fills the disk under load, sees what the server says, gives room again, and wants all that was acknowledged. */
async function liveThroughFullDisk(server: ServerProcess, disk: SmallDisk): Promise<void> {
  const receiver = await startRecordingReceiver();
  const endpoint = await server.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } });
  assert.equal(endpoint.status, 201);
  const story: Story = { acknowledged: [], refused: [] };
  const state = { isOver: false };
  const calling = callOn(server, story, () => state.isOver);
  await until(async () => await Promise.resolve(story.acknowledged.length >= 50));
  disk.fill();
  await until(async () => await Promise.resolve(story.refused.length >= 20));

  await until(async () => (await server.call("/readyz")).status === 503);
  const ready = await server.call("/readyz");
  assert.match(String(ready.body["detail"]), /disk is full/, JSON.stringify(ready.body));
  assert.equal((await server.call("/healthz")).status, 200);
  const feed = await server.call("/v1/events?limit=10");
  assert.equal((feed.body["items"] as readonly unknown[]).length, 10, "reads go on");
  assert.ok(
    server.output.some((line) => line.includes('"faultCode":"full"')),
    "its log names the cause",
  );

  const before = story.acknowledged.length;
  disk.free();
  await until(async () => (await server.call("/readyz")).status === 200);
  await until(async () => await Promise.resolve(story.acknowledged.length >= before + 50));
  state.isOver = true;
  await calling;
  const told = await server.call("/v1/operator-events?limit=100");
  const types = (told.body["items"] as readonly { readonly type: string }[]).map((one) => one.type);
  assert.ok(types.includes("store.full"), "operators are told that the disk was full");

  for (const { status, body, headers } of story.refused) {
    assert.deepEqual([status, body["code"]], [503, "storeUnavailable"]);
    assert.notEqual(headers.get("retry-after"), null);
  }
  await receiver.until((requests) => {
    const ids = new Set(requests.map((request) => request.id));
    return story.acknowledged.every((id) => ids.has(id));
  });
  const bodies = new Map<string, string>();
  for (const { id, body } of receiver.requests) {
    assert.equal(bodies.get(id) ?? body.toString(), body.toString(), `one id, two bodies: ${id}`);
    bodies.set(id, body.toString());
  }
  const unexpected = bodies.size - new Set(story.acknowledged).size;
  console.log(
    `${story.acknowledged.length} acknowledged, ${story.refused.length} refused, ${unexpected} of unknown end`,
  );
  assert.equal(unexpected, 0, "what was refused was not decided");
  await receiver.close();
}

describe("a server whose disk is full", { skip }, () => {
  it("refuses writes with 503, reads on, and goes on by itself when there is room: SQLite", {
    timeout: 120_000,
  }, async () => {
    await using disk = await mountSmallDisk(32);
    const folder = path.join(disk.path, "data");
    const server = await startServerProcess({ folder });
    await liveThroughFullDisk(server, disk);
    assert.equal((await server.stop()).code, 0);
    using database = new DatabaseSync(path.join(folder, "sameface.db"), { readOnly: true });
    assert.deepEqual({ ...database.prepare("pragma integrity_check").get() }, { integrity_check: "ok" });
  });

  it("refuses writes with 503, reads on, and goes on by itself when there is room: PostgreSQL, its log elsewhere", {
    timeout: 120_000,
  }, async () => {
    await using folder = await temporaryFolder();
    await using disk = await mountSmallDisk(96);
    const cluster = await startPostgresCluster({ data: disk.path });
    const server = await startServerProcess({ folder: folder.path, env: { SAMEFACE_DATABASE_URL: cluster.url } });
    await liveThroughFullDisk(server, disk);
    assert.equal((await server.stop()).code, 0);
    await cluster.close();
  });
});
