import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createVault, type Vault } from "../../vault/vault.ts";
import type { Rewrapped } from "../rewrapping.ts";
import {
  ALL,
  addEndpoint,
  type Bench,
  decide,
  enrol,
  newId,
  type OpenStore,
  openBench,
  random,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const CONTEXT = ["a record"];
const TEXT = Buffer.from("what was sealed");

/** One customer and one endpoint with every sealed column; what each column holds now. */
async function fill(bench: Bench, vault: Vault, name: string) {
  const { store } = bench;
  const seal = (): Uint8Array => vault.seal(TEXT, CONTEXT);
  const ref = refOf(name);
  await enrol(bench, ref, { sealed: seal() });
  await enrol(bench, ref, { sealed: seal(), mode: "add" });
  const secrets = [
    { secretId: newId(), kind: "hmac", sealed: seal(), publicKey: null },
    { secretId: newId(), kind: "ed25519", sealed: seal(), publicKey: "whpk_1" },
  ] as const;
  const endpointId = await addEndpoint(bench, {
    secrets,
    sealedHeaders: seal(),
    sealedAuth: seal(),
    authKind: "basic",
  });
  const kept = { sealed: seal(), format: "jpeg", orientation: 1, keepMs: 1_000 } as const;
  const readRevision = (await store.readCustomer(ref))?.revision ?? null;
  const { authenticationId } = (await decide(bench, { ref, readRevision, kept })).authentication;
  return async (): Promise<readonly Uint8Array[]> => {
    const picture = await store.readPicture({ tenantId: TENANT, authenticationId });
    const endpoint = await store.readEndpoint({ tenantId: TENANT, endpointId });
    const customer = await store.readCustomer(ref);
    const found = [
      ...(customer?.templates ?? []).map((one) => one.sealed),
      ...(endpoint?.secrets ?? []).map((one) => one.sealed),
      ...[endpoint?.sealedHeaders, endpoint?.sealedAuth, picture?.sealed].filter(
        (one) => one !== null && one !== undefined,
      ),
    ];
    assert.equal(found.length, 7);
    return found;
  };
}

interface Keys {
  readonly from: Vault;
  readonly to: Vault;
}

function newKeys(): Keys {
  const [old, fresh] = [random.bytes(32), random.bytes(32)];
  return {
    from: createVault({ masterKey: old, otherKey: fresh, random }),
    to: createVault({ masterKey: fresh, otherKey: old, random }),
  };
}

async function begin({ store }: Bench, { from, to }: Keys): Promise<void> {
  await store.putMetaOnce("masterKeyCheck", from.masterKeyCheck());
  await store.beginRewrap({
    masterKeyCheck: to.masterKeyCheck(),
    previousKeyCheck: from.masterKeyCheck(),
    hashKeys: Buffer.from("sealed"),
  });
}

const step = async ({ store }: Bench, vault: Vault, limit = 2): Promise<Rewrapped> =>
  await store.advanceRewrap({
    masterKeyCheck: vault.masterKeyCheck(),
    limit,
    rewrap: (sealed) => vault.rewrap(sealed),
  });

/** To the end; answers how many records moved. */
async function finish(bench: Bench, vault: Vault): Promise<number> {
  let records = 0;
  for (;;) {
    const done = await step(bench, vault);
    if (done.kind === "done") return records;
    assert.ok(done.kind === "moved");
    records += done.records;
  }
}

const isUnder = (vault: Vault, sealed: Uint8Array): boolean => vault.rewrap(sealed) === null;

export function rewrapConformance(open: OpenStore): void {
  describe("re-wrapping", () => {
    it("moves every sealed column of every row, once, and audits how many", async () => {
      await using bench = await openBench(open);
      const keys = newKeys();
      const records: (() => Promise<readonly Uint8Array[]>)[] = [];
      for (const name of ["ann", "bob", "cleo"]) records.push(await fill(bench, keys.from, name));
      await addEndpoint(bench, { secrets: [], sealedHeaders: null, sealedAuth: null });
      assert.deepEqual(await step(bench, keys.to), { kind: "none" });
      await begin(bench, keys);
      assert.equal(await finish(bench, keys.to), 21);
      for (const read of records) {
        for (const sealed of await read()) {
          assert.ok(isUnder(keys.to, sealed));
          assert.deepEqual(Buffer.from(keys.to.open(sealed, CONTEXT)), TEXT);
        }
      }
      assert.deepEqual(await step(bench, keys.to), { kind: "none" });
      const { items } = await bench.store.listAudit({ tenantId: "default", ...ALL });
      const told = items.map(({ actor, action, details }) => [actor, action, details["records"]]);
      assert.deepEqual(told, [
        ["system", "masterKey.changed", undefined],
        ["system", "masterKey.rewrapped", 21],
      ]);
    });

    it("has every record readable by either of two nodes at every step, and finds what one sealed behind the cursor", async () => {
      await using bench = await openBench(open);
      const keys = newKeys();
      const records = [await fill(bench, keys.from, "ann"), await fill(bench, keys.from, "bob")];
      await begin(bench, keys);
      for (let at = 0; at < 40; at += 1) {
        // A node that runs on with the key of before goes on sealing with it, and begins anew when it has the new one.
        if (at === 3) records.push(await fill(bench, keys.from, "aaa"));
        if (at === 5) await begin(bench, keys);
        for (const read of records) {
          for (const sealed of await read()) {
            for (const vault of [keys.from, keys.to]) assert.deepEqual(Buffer.from(vault.open(sealed, CONTEXT)), TEXT);
          }
        }
        const { kind } = await step(bench, keys.to);
        if (kind === "done") break;
        assert.ok(at < 39, "it ends");
      }
      for (const read of records) for (const sealed of await read()) assert.ok(isUnder(keys.to, sealed));
    });

    it("goes on where it was when it is begun again, and moves all back in the other direction", async () => {
      await using bench = await openBench(open);
      const keys = newKeys();
      const read = await fill(bench, keys.from, "ann");
      await begin(bench, keys);
      await step(bench, keys.to);
      const back = { from: keys.to, to: keys.from };
      await begin(bench, back);
      assert.deepEqual(await step(bench, keys.to), { kind: "none" }, "it would move what has to move back");
      await finish(bench, keys.from);
      for (const sealed of await read()) assert.ok(isUnder(keys.from, sealed));
      assert.deepEqual(await bench.store.readMeta("masterKeyCheck"), Uint8Array.from(keys.from.masterKeyCheck()));
    });

    it("writes nothing of a batch, nor moves the cursor, where one record does not open", async () => {
      await using bench = await openBench(open);
      const keys = newKeys();
      const read = await fill(bench, keys.from, "ann");
      const before = await read();
      await begin(bench, keys);
      const broken = { ...keys.to, rewrap: () => assert.fail("one bit was flipped") };
      await assert.rejects(step(bench, broken));
      assert.deepEqual(await read(), before);
      assert.equal(await finish(bench, keys.to), 7);
    });
  });
}
