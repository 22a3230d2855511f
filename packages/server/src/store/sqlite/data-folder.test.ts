import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import { createVault } from "../../vault/vault.ts";
import { type AuditFinding, createAuditChain } from "../audit-hash.ts";
import { ALL, AUDIT, claim, decide, finish, newId, openBench, random, TENANT } from "../conformance/bench.fixture.ts";
import type { AuditEntry } from "../records.ts";
import { createSqliteStore } from "./create-sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "sameface-folder-"));
const newFolder = (): string => join(root, newId());
const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now(), after: () => () => undefined };
const children: ChildProcess[] = [];

const FIXTURE = join(import.meta.dirname, "writer-process.fixture.ts");
const nodeArguments = (folder: string, ...task: readonly string[]): readonly string[] => [
  "--conditions=@sameface/source",
  FIXTURE,
  folder,
  ...task,
];

/** A process on the folder; resolves once it has it open. */
async function startProcess(
  folder: string,
  task: string,
): Promise<{ readonly child: ChildProcess; readonly lines: string[]; readonly kill: () => Promise<void> }> {
  const child = spawn(process.execPath, nodeArguments(folder, task), { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(line));
  await once(reader, "line");
  const kill = async (): Promise<void> => {
    const closed = once(child, "close");
    child.kill("SIGKILL");
    await closed;
  };
  return { child, lines, kill };
}

async function waitForLines(lines: readonly string[], count: number, child: ChildProcess): Promise<void> {
  while (lines.length < count) await once(child.stdout ?? child, "data");
}

/** What the chain says of the rows as they lie in the file. */
function judgeAudit(database: DatabaseSync, tenantId: string): AuditFinding {
  const rows = database.prepare("select * from audit where tenant_id = ? order by sequence").all(tenantId);
  const chain = createAuditChain();
  for (const row of rows) {
    const text = (name: string): string => String(row[name]);
    chain.add({
      tenantId,
      sequence: Number(row["sequence"]),
      atMs: Number(row["at_ms"]),
      actor: text("actor"),
      action: text("action"),
      target: text("target"),
      details: JSON.parse(text("details")) as AuditEntry["details"],
      hash: text("hash"),
    });
  }
  return chain.finding();
}

after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(root, { recursive: true });
});

describe("data folder", () => {
  it("refuses a second process and names the folder; after kill -9 the next one gets in at once", async () => {
    const folder = newFolder();
    const holder = await startProcess(folder, "hold");
    const open = async (): ReturnType<typeof createSqliteStore> => await createSqliteStore({ folder, clock, random });
    await assert.rejects(open(), (fault: Error) => {
      assert.ok("code" in fault && fault.code === "folderInUse");
      assert.ok(fault.message.includes(folder));
      return true;
    });
    const second = spawnSync(process.execPath, [...nodeArguments(folder, "hold")], { encoding: "utf8" });
    assert.notEqual(second.status, 0);
    assert.match(second.stderr, /folderInUse/);
    await holder.kill();
    const store = await open();
    await store.ping();
    await assert.rejects(open(), { code: "folderInUse" });
    await store.close();
    await (await open()).close();
  });

  it("keeps every acknowledged decision, with its event and delivery, over kill -9 of the writing process", async () => {
    const folder = newFolder();
    const acknowledged: string[] = [];
    for (let kill = 0; kill < 4; kill += 1) {
      const writer = await startProcess(folder, "write");
      await waitForLines(writer.lines, 40 + kill * 15, writer.child);
      await writer.kill();
      acknowledged.push(...writer.lines.slice(1));
    }
    const store = await createSqliteStore({ folder, clock, random });
    const database = new DatabaseSync(join(folder, "sameface.db"), { readOnly: true });
    const events = new Map(
      database
        .prepare("select event_id, (select count(*) from deliveries d where d.event_id = e.event_id) n from events e")
        .all()
        .map((row) => [row["event_id"], row["n"]]),
    );
    const number = (query: string): unknown => Object.values(database.prepare(query).get() ?? {})[0];
    assert.ok(acknowledged.length >= 200);
    assert.deepEqual(
      acknowledged.filter((id) => !events.has(id)),
      [],
    );
    assert.ok([...events.values()].every((count) => typeof count === "number" && count > 0));
    assert.equal(number("select count(*) from authentications"), events.size);
    assert.equal(number("select consecutive_failures from failure_counters"), events.size);
    assert.equal(number("select last_sequence from feeds"), events.size);
    assert.equal(number("pragma integrity_check"), "ok");
    database.close();
    await store.close();
  });

  const strace = spawnSync("strace", ["-V"]).status === 0;
  it("flushes every commit to disk before it is answered", {
    skip: !strace && process.env["CI"] !== "true" && "strace missing, 1 cases",
  }, () => {
    const trace = join(root, "trace");
    const commits = 200;
    const run = spawnSync(
      "strace",
      [
        "-f",
        "-e",
        "trace=fsync,fdatasync",
        "-o",
        trace,
        process.execPath,
        ...nodeArguments(newFolder(), "commits", String(commits)),
      ],
      { encoding: "utf8" },
    );
    assert.equal(run.status, 0, run.stderr);
    const flushes = readFileSync(trace, "utf8").match(/\bf(data)?sync\(/g)?.length ?? 0;
    assert.ok(flushes >= commits, `${flushes} flushes for ${commits} commits`);
  });

  it("shuts the folder to 0700 and every file in it to 0600, also where they stood open before", async () => {
    const folder = newFolder();
    const modes = (): ReadonlySet<number> =>
      new Set(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777));
    for (let start = 0; start < 2; start += 1) {
      const store = await createSqliteStore({ folder, clock, random });
      await store.ping();
      assert.ok(readdirSync(folder).length >= 4);
      assert.equal(statSync(folder).mode & 0o777, 0o700);
      assert.deepEqual(modes(), new Set([0o600]));
      await store.close();
      const opened = spawnSync("chmod", ["-R", "a+rwX", folder]);
      assert.equal(opened.status, 0);
    }
  });

  it("holds no template, secret or key in the clear, and after an erasure no byte that names the customer", async () => {
    const folder = newFolder();
    await using bench = await openBench(async (world) => {
      const store = await createSqliteStore({ ...world, folder });
      const dispose = async (): Promise<void> => {
        await store.close();
      };
      return { store, dispose };
    });
    const { store } = bench;
    const masterKey = random.bytes(32);
    const vault = createVault({ masterKey, random });
    const vector = new Uint8Array(Float32Array.from({ length: 512 }, (_, n) => Math.sin(n + 1)).buffer);
    const secret = random.bytes(32);
    const key = `sfk_${newId()}`;
    const hash = createHash("sha256").update(key).digest("hex");
    await store.createKey({
      tenantId: TENANT,
      keyId: newId(),
      name: "k",
      hash,
      scopes: [],
      expiresAtMs: null,
      audit: AUDIT,
    });
    const customerId = "someone-with-a-name";
    const ref = { tenantId: TENANT, customerId, subject: vault.subject(TENANT, customerId) };
    const template = {
      interviewId: newId(),
      embedderId: "e1",
      sealed: vault.seal(vector, [TENANT, customerId, "e1"]),
      imageDigest: "d",
    };
    const enrolment = {
      ...ref,
      revision: "r",
      consent: { reference: "c" },
      template,
      mode: "replace",
      maxTemplates: 1,
    } as const;
    await store.enrol({ ...enrolment, audit: AUDIT });
    const sealed = vault.seal(secret, [TENANT, "endpoint"]);
    const secrets = [{ secretId: newId(), kind: "hmac", sealed, publicKey: null }] as const;
    const endpoint = {
      tenantId: TENANT,
      endpointId: newId(),
      url: "https://a.example/",
      description: null,
      profile: "standard",
      outcomes: null,
      operator: false,
      sealedHeaders: null,
      authKind: null,
      sealedAuth: null,
      rateLimit: null,
      ordered: false,
      unverified: false,
    } as const;
    await store.createEndpoint({ ...endpoint, secrets, disabledReason: null, audit: AUDIT });
    const idempotency = { key: `login-${customerId}`, answer: { status: 200, body: Buffer.from(customerId) } };
    await store.beginIdempotent({
      tenantId: TENANT,
      key: idempotency.key,
      requestHash: "h",
      subject: ref.subject,
      leaseMs: 1,
    });
    for (let n = 0; n < 30; n += 1)
      await decide(bench, { ref, readRevision: "r", ...(n === 0 ? { idempotency } : {}) });
    for (const one of await claim(bench, { limit: 10 })) await finish(bench, one, { kind: "dead", reason: customerId });
    const bytes = (): Buffer =>
      Buffer.concat(
        // Another process reads them: closing a descriptor here would drop SQLite's own locks on the file.
        ["sameface.db", "sameface.db-wal"].map(
          (name) => spawnSync("cat", [join(folder, name)], { maxBuffer: 1e9 }).stdout,
        ),
      );
    const before = bytes();
    const clear = [vector.subarray(0, 16), vector.subarray(1024, 1040), secret, masterKey, Buffer.from(key)];
    for (const text of [
      ...clear,
      ...clear.map((one) => Buffer.from(Buffer.from(one).toString("base64").slice(0, 20))),
    ]) {
      assert.equal(before.indexOf(text), -1);
    }
    assert.notEqual(before.indexOf(customerId), -1);
    await store.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });
    assert.equal(bytes().indexOf(customerId), -1);
  });

  it("hands out no secret whose overlap has ended", async () => {
    const folder = newFolder();
    await using bench = await openBench(async (world) => {
      const store = await createSqliteStore({ ...world, folder });
      const dispose = async (): Promise<void> => {
        await store.close();
      };
      return { store, dispose };
    });
    const { store } = bench;
    const endpointId = newId();
    const secrets = ["old", "new"].map((secretId) => ({
      secretId,
      kind: "hmac" as const,
      sealed: random.bytes(9),
      publicKey: null,
    }));
    const endpoint = {
      tenantId: TENANT,
      endpointId,
      url: "https://a.example/",
      description: null,
      profile: "standard",
      outcomes: null,
      operator: false,
      sealedHeaders: null,
      authKind: null,
      sealedAuth: null,
      rateLimit: null,
      ordered: false,
      unverified: false,
    } as const;
    await store.createEndpoint({ ...endpoint, secrets, disabledReason: null, audit: AUDIT });
    const database = new DatabaseSync(join(folder, "sameface.db"));
    database.prepare("update endpoint_secrets set expires_at_ms = ? where secret_id = 'old'").run(bench.nowMs() + 1000);
    database.close();
    const ids = async (): Promise<readonly string[]> => {
      await decide(bench);
      const [claimed] = await claim(bench);
      const read = await store.readEndpoint({ tenantId: TENANT, endpointId });
      const of = (secretsNow: readonly { secretId: string }[] = []): readonly string[] =>
        secretsNow.map((one) => one.secretId).toSorted();
      assert.deepEqual(of(read?.secrets), of(claimed?.endpoint.secrets));
      return of(claimed?.endpoint.secrets);
    };
    assert.deepEqual(await ids(), ["new", "old"]);
    bench.advance(1000);
    assert.deepEqual(await ids(), ["new"]);
  });

  it("names an audit row that was edited or taken out, by the hash of the next one", async () => {
    const folder = newFolder();
    const store = await createSqliteStore({ folder, clock, random });
    for (let n = 0; n < 3; n += 1) await store.createTenant({ tenantId: `t${n}`, name: `T ${n}`, audit: AUDIT });
    for (let n = 0; n < 4; n += 1)
      await store.writePolicy({ tenantId: "t0", policy: "{}", audit: { ...AUDIT, target: `policy:${n}` } });
    const database = new DatabaseSync(join(folder, "sameface.db"));
    const broken = (): AuditFinding => judgeAudit(database, "t0");
    assert.equal(broken().kind, "whole");
    database.exec("update audit set target = 'policy:9' where tenant_id = 't0' and sequence = 3");
    assert.deepEqual(broken(), { kind: "changed", sequence: 3 });
    database.exec("update audit set target = 'policy:1' where tenant_id = 't0' and sequence = 3");
    database.exec("delete from audit where tenant_id = 't0' and sequence = 2");
    assert.deepEqual(broken(), { kind: "missing", sequence: 2 });
    database.close();
    await store.close();
  });

  it("answers busy while another holds the database, stays readable, and goes on afterwards", async () => {
    const folder = newFolder();
    let waits = 0;
    const impatient = {
      ...clock,
      after: (_delayMs: number, callback: () => void) => {
        waits += 1;
        setImmediate(callback);
        return () => undefined;
      },
    };
    const store = await createSqliteStore({ folder, clock: impatient, random });
    await store.createTenant({ tenantId: TENANT, name: "Tenant A", audit: AUDIT });
    const other = new DatabaseSync(join(folder, "sameface.db"));
    other.exec("begin immediate");
    await assert.rejects(store.ping(), { code: "busy" });
    assert.equal(waits, 3);
    assert.equal((await store.listTenants(ALL)).items.length, 1);
    const late = store.ping();
    other.exec("rollback");
    await late;
    other.close();
    await store.close();
  });
});
