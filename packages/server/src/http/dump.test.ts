import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { systemClock } from "../clock.ts";
import { openTemplate } from "../faces/sealed-template.ts";
import { systemRandom as random } from "../random.ts";
import { createPostgresStore } from "../store/postgres/create-postgres-store.ts";
import { createTestSchema, needsPostgres } from "../store/postgres/test-database.fixture.ts";
import { unlockVault } from "../vault/unlock-vault.ts";
import { picture } from "./scripted-engine.fixture.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

/** A server with one of each thing that must not be read from a dump. @returns those things, by name */
async function fill(server: TestServer): Promise<ReadonlyMap<string, Uint8Array | string>> {
  const own = "Bearer-of-an-endpoint-71c2";
  const password = "password-of-an-endpoint-93ab";
  const clientSecret = "client-secret-of-an-endpoint-5d0e";
  // Kept pictures are sealed like everything else.
  await server.call("/v1/policy", { method: "PUT", body: { retention: { pictureDays: 1 } } });
  const enrolled = await server.enrol("anna", { face: "anna" });
  assert.equal(enrolled.status, 201);
  const shot = { face: "anna", shot: 1, words: "picture-of-an-attempt-that-is-kept-2f7e" };
  const passed = await server.authenticate("anna", shot);
  assert.equal(passed.body["outcome"], "passed");
  const keptId = { tenantId: "default", authenticationId: String(passed.body["id"]) };
  assert.notEqual(await server.store.readPicture(keptId), null);
  const url = "http://127.0.0.1:4999/hook";
  const tokenUrl = "http://127.0.0.1:4999/token";
  const secrets: string[] = [];
  for (const auth of [
    { kind: "basic", username: "u", password },
    { kind: "oauth2", tokenUrl, clientId: "c", clientSecret },
  ]) {
    const body = { url, headers: { authorization: own }, auth };
    const made = await server.call("/v1/endpoints", { method: "POST", body: { ...body, headers: { "x-own": own } } });
    assert.equal(made.status, 201, made.text);
    const path = `/v1/endpoints/${String(made.body["id"])}/rotate-secret`;
    const rotated = await server.call(path, { method: "POST", body: {} });
    secrets.push(String(made.body["secret"]), String(rotated.body["secret"]));
  }
  const key = await server.call("/v1/keys", { method: "POST", body: { name: "k", scopes: ["events:read"] } });
  const image = picture({ face: "anna" });
  const { template } = await server.engine.inspect(image, { purpose: "enrol" });
  assert.ok("value" in template);
  const keyFile = `${server.folder}.key`;
  const { vault } = await unlockVault({ meta: server.store, masterKeyText: null, otherKeyText: null, keyFile, random });
  const ref = { tenantId: "default", customerId: "anna" };
  const customer = await server.store.readCustomer({ ...ref, subject: vault.subject("default", "anna") });
  const [stored] = customer?.templates ?? [];
  assert.ok(stored !== undefined);
  const found = new Map<string, Uint8Array | string>([
    ["template", bytesOf(template.value.vector)],
    ["template as its tenant's rotation leaves it", bytesOf(openTemplate(stored, { vault, ...ref }).vector)],
    ["first value of the template as text", String(template.value.vector[0])],
    ["picture", image],
    ["kept picture", picture(shot)],
    ["master key", Buffer.from(readFileSync(keyFile, "utf8").trim(), "base64")],
    ["key of a hash", vault.tenantSecret("templateRotation", "default")],
    ["own header", own],
    ["password", password],
    ["client secret", clientSecret],
    ["API key", String(key.body["key"])],
    ["root key", server.key],
  ]);
  for (const [at, secret] of secrets.entries()) {
    found.set(`secret ${at}`, secret);
    found.set(`bytes of secret ${at}`, Buffer.from(secret.slice("whsec_".length), "base64"));
  }
  return found;
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** 16 bytes from the middle on, however a database or somebody before it might have written them. */
function* spellings(thing: Uint8Array | string): Generator<Buffer> {
  const bytes = Buffer.from(thing);
  const middle = bytes.subarray(Math.floor(bytes.length / 4), Math.floor(bytes.length / 4) + 16);
  yield middle;
  yield Buffer.from(middle.toString("hex"));
  // Base64 of these bytes depends on where they lie within three: what surrounds them is cut off.
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), middle]).toString("base64");
    yield Buffer.from(text.slice(before === 0 ? 0 : 4, 16));
  }
}

function assertNothingIn(dump: Buffer, things: ReadonlyMap<string, Uint8Array | string>): void {
  for (const [name, thing] of things) {
    for (const spelt of spellings(thing)) assert.equal(dump.indexOf(spelt), -1, `${name} stands in the dump`);
  }
}

describe("a dump of the data", () => {
  it("holds no vector, secret or key: every file of the data folder, its log included (SQLite)", async () => {
    const server = await startTestServer();
    try {
      const things = await fill(server);
      const names = readdirSync(server.folder);
      assert.ok(names.includes("sameface.db-wal"));
      // Another process reads them: closing a descriptor here would drop SQLite's own locks on the file.
      const { stdout } = spawnSync(
        "cat",
        names.map((name) => join(server.folder, name)),
        { maxBuffer: 1e9 },
      );
      assert.ok(stdout.includes("http://127.0.0.1:4999/hook"), "the search would find what is there");
      assertNothingIn(stdout, things);
    } finally {
      await server.close();
    }
  });

  it("holds no vector, secret or key: all that pg_dump writes (PostgreSQL)", needsPostgres(), async () => {
    await using schema = await createTestSchema();
    const open = async () => await createPostgresStore({ url: schema.url, clock: systemClock, random });
    const server = await startTestServer({ open });
    try {
      const things = await fill(server);
      const dump = Buffer.from(schema.dump());
      for (const known of ["http://127.0.0.1:4999/hook", Buffer.from('"customerId":"anna"').toString("hex")]) {
        assert.ok(dump.includes(known), "the search would find what is there");
      }
      assertNothingIn(dump, things);
    } finally {
      await server.close();
    }
  });
});
