import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newId, sample } from "@sameface/contract";
import { createSqliteStore } from "../store/sqlite/create-sqlite-store.ts";
import type { Store } from "../store/store.ts";
import type { Vault } from "../vault/vault.ts";
import { makeVault, realRandom } from "./claimed.fixture.ts";
import { createEndpoints, type EndpointAdded, type Endpoints, type NewEndpointSettings } from "./endpoints.ts";
import { realClock } from "./real-clock.fixture.ts";
import { loopbackSender, networksOf } from "./sender.fixture.ts";

/** A real store in a folder of its own, with the service that makes endpoints in it. */
export interface DeliveryStore {
  readonly store: Store;
  readonly vault: Vault;
  readonly endpoints: Endpoints;
  /** An endpoint of tenant `default` with this URL, enabled. */
  add(url: string, settings?: Partial<NewEndpointSettings>): Promise<EndpointAdded>;
  /** Decides one passed authentication: one event, one delivery per endpoint. Answers the event's id. */
  decide(): Promise<string>;
  close(): Promise<void>;
}

/** Who asks, in these tests. */
export const ASKED = { tenantId: "default", actor: "system", admin: true } as const;

/** Settings that say as little as may be said. */
export const PLAIN_SETTINGS = {
  description: null,
  profile: "standard",
  outcomes: null,
  headers: null,
  auth: null,
  rateLimit: null,
  ordered: false,
  operator: false,
} as const;

/** @returns a fresh one; the caller closes it */
export async function openDeliveryStore(): Promise<DeliveryStore> {
  const folder = await mkdtemp(join(tmpdir(), "sameface-delivery-"));
  const store = await createSqliteStore({ folder: join(folder, "data"), clock: realClock, random: realRandom });
  const vault = makeVault();
  const allowedNetworks = networksOf("127.0.0.0/8");
  const { guard, send } = loopbackSender();
  const world = { vault, random: realRandom, clock: realClock, version: "1.2.3" };
  const endpoints = createEndpoints({ ...world, store, allowedNetworks, guard, send });
  const audit = { actor: "system", action: "tenant.created", target: "tenant:default", details: {} };
  await store.createTenant({ tenantId: "default", name: "default", audit });
  return {
    store,
    vault,
    endpoints,
    add: async (url, settings = {}) => {
      const added = await endpoints.add({ ...ASKED, ...PLAIN_SETTINGS, ...settings, url });
      if (added.kind === "refused") throw new Error(added.message);
      return added;
    },
    decide: async () => {
      const eventId = newId(realRandom);
      await store.recordDecision({
        tenantId: "default",
        customerId: "c1",
        subject: vault.subject("default", "c1"),
        readRevision: null,
        authentication: {
          authenticationId: newId(realRandom),
          outcome: "unknown-customer",
          failure: "unknownCustomer",
          reason: null,
          transactionId: null,
          interviewId: null,
          details: "{}",
        },
        event: { eventId, body: sample("unknown-customer").body },
        counters: [],
        guard: { keys: [], limits: { waitAfterFailures: 5, waitMs: 30_000, stopAfterFailures: 50 } },
        idempotency: null,
      });
      return eventId;
    },
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
