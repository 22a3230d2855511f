import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, it } from "node:test";
import pg from "pg";
import { devFaces, hasDevFaces, pictureOf } from "../support/dev-faces.ts";
import { startPostgresCluster } from "../support/postgres-cluster.ts";
import { type Answer, type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";
import { mayMount, mountSmallDisk, type SmallDisk } from "../support/small-disk.ts";

const strace = spawnSync("strace", ["-V"]).status === 0;
if (!strace && process.env["CI"] === "true") throw new Error("strace is missing");
const skip = hasDevFaces() && mayMount() && strace ? false : "skipped: faces, mount or strace missing, 2 cases";
if (skip !== false) console.log(skip);

const KEY = "root-key-of-a-test-0123456789abcdef";

/** One face in two sessions. */
function shots(): readonly string[] {
  return devFaces("pairs")
    .filter((face) => face.identity === "nuaa_0004")
    .map((face) => pictureOf(face.path));
}

async function attempt(server: ServerProcess): Promise<Answer> {
  const [, again = ""] = shots();
  return await server.call("/v1/authentications", { method: "POST", body: { customerId: "anna", image: again } });
}

async function keepPictures(server: ServerProcess, pictureDays: number): Promise<void> {
  const changed = await server.call("/v1/policy", { method: "PUT", body: { retention: { pictureDays } } });
  assert.equal(changed.status, 200);
}

/** Attempts are refused while something is broken, with a stable code, and decided again once it is whole. */
async function refusedMeanwhile(server: ServerProcess, broken: () => Promise<() => Promise<void>>): Promise<void> {
  const mend = await broken();
  for (let n = 0; n < 3; n += 1) {
    const { status, body, headers } = await attempt(server);
    assert.deepEqual([status, body["code"]], [503, "storeUnavailable"], JSON.stringify(body));
    assert.notEqual(headers.get("retry-after"), null);
  }
  await mend();
  while ((await server.call("/readyz")).status !== 200) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal((await attempt(server)).status, 200);
}

/** Every write to the database's files fails with this error from now on. */
async function failWrites(server: ServerProcess, error: "EIO" | "EROFS"): Promise<() => Promise<void>> {
  const files = ["", "-wal", "-shm"].flatMap((end) => ["-P", path.join(server.folder, `sameface.db${end}`)]);
  const calls = "pwrite64,write,ftruncate,fdatasync,fsync";
  const args = ["-f", "-p", String(server.process.pid), ...files, "-e", `trace=${calls}`, "-o", "/dev/null"];
  const tracer: ChildProcess = spawn("strace", [...args, "-e", `inject=${calls}:error=${error}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  // It tells that it is there.
  await once(tracer.stderr ?? assert.fail(), "data");
  return async () => {
    const ended = once(tracer, "exit");
    tracer.kill("SIGINT");
    await ended;
  };
}

const full = (disk: SmallDisk) => async (): Promise<() => Promise<void>> => {
  disk.fill();
  return await Promise.resolve(async () => {
    disk.free();
    await Promise.resolve();
  });
};

interface Counts {
  readonly attempts: number;
  readonly pictures: number;
  readonly pairs: number;
}
const COUNTS = `select (select count(*) from authentications) as attempts, (select count(*) from pictures) as pictures,
  (select count(*) from pictures join authentications using (tenant_id, authentication_id)) as pairs`;

/** As many attempts as pictures, each with the other; and after a sweep of what is due, no picture. */
async function pairThenSweep(
  server: ServerProcess,
  { count, restart }: { readonly count: () => Promise<Counts>; readonly restart: () => Promise<ServerProcess> },
): Promise<void> {
  await server.stop("SIGKILL");
  const { attempts, pictures, pairs } = await count();
  assert.ok(attempts >= 2, "some were decided");
  assert.deepEqual([pictures, pairs], [attempts, attempts], "no row without its blob, no blob without its row");
  const again = await restart();
  await keepPictures(again, 0);
  await again.stop();
  // The sweeper looks as soon as it starts.
  const sweeping = await restart();
  while ((await count()).pictures > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal((await count()).attempts, attempts);
  await sweeping.stop();
}

async function enrolAnna(server: ServerProcess): Promise<void> {
  // The face wears glasses.
  await server.call("/v1/policy", { method: "PUT", body: { checks: { lenses: "off", headCover: "off" } } });
  const body = { image: shots()[0], consent: { reference: "test" } };
  assert.equal((await server.call("/v1/customers/anna", { method: "PUT", body })).status, 201);
  await keepPictures(server, 2);
  assert.equal((await attempt(server)).status, 200);
}

describe("kept pictures that can't be stored (F35)", { skip }, () => {
  const started: ServerProcess[] = [];
  const startOne = async (options: Parameters<typeof startServerProcess>[0]): Promise<ServerProcess> => {
    const server = await startServerProcess(options);
    started.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop("SIGKILL");
  });

  it("refuse the attempt before it is acknowledged: store full, read-only, EIO; rows and blobs are paired: SQLite", {
    timeout: 180_000,
  }, async () => {
    await using disk = await mountSmallDisk(32);
    const folder = path.join(disk.path, "data");
    const start = async (): Promise<ServerProcess> => await startOne({ folder, key: KEY });
    const server = await start();
    await enrolAnna(server);
    await refusedMeanwhile(server, full(disk));
    for (const error of ["EIO", "EROFS"] as const) {
      await refusedMeanwhile(server, async () => await failWrites(server, error));
    }
    const count = async (): Promise<Counts> => {
      using database = new DatabaseSync(path.join(folder, "sameface.db"), { readOnly: true });
      return await Promise.resolve(database.prepare(COUNTS).get() as unknown as Counts);
    };
    await pairThenSweep(server, { count, restart: start });
  });

  it("refuse the attempt before it is acknowledged: store full; rows and blobs are paired: PostgreSQL", {
    timeout: 180_000,
  }, async () => {
    await using folder = await temporaryFolder();
    await using disk = await mountSmallDisk(96);
    const cluster = await startPostgresCluster({ data: disk.path });
    const env = { SAMEFACE_DATABASE_URL: cluster.url };
    const start = async (): Promise<ServerProcess> => {
      return await startOne({ folder: folder.path, key: KEY, env });
    };
    const server = await start();
    await enrolAnna(server);
    await refusedMeanwhile(server, full(disk));
    const count = async (): Promise<Counts> => {
      const client = new pg.Client({ connectionString: cluster.url });
      await client.connect();
      const { rows } = await client.query<Record<keyof Counts, string>>(COUNTS);
      await client.end();
      const [row] = rows;
      return { attempts: Number(row?.attempts), pictures: Number(row?.pictures), pairs: Number(row?.pairs) };
    };
    await pairThenSweep(server, { count, restart: start });
    await cluster.close();
  });
});
