import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { OutcomeKind } from "@sameface/contract";
import { type Clock, systemClock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { AuditEntry, Customer, Page } from "../records.ts";
import type {
  ClaimedDelivery,
  ClaimRequest,
  CustomerRef,
  Decision,
  DecisionResult,
  LockGuard,
  NewEndpoint,
  NextStep,
  Store,
} from "../store.ts";

/** What a store under test is opened with. */
export interface StoreWorld {
  readonly clock: Clock;
  readonly random: Random;
}

/** Opens an empty store; `dispose` closes it and takes its files away. */
export type OpenStore = (
  world: StoreWorld,
) => Promise<{ readonly store: Store; readonly dispose: () => Promise<void> }>;

export const random: Random = { bytes: (length) => new Uint8Array(randomBytes(length)), fraction: () => 0.5 };
export const newId = (): string => randomBytes(12).toString("hex");
export const AUDIT: AuditEntry = { actor: "system", action: "test.done", target: "test:1", details: {} };
export const TENANT = "tenant-a";
export const ALL = { after: null, limit: 500 } as const;
const START_MS = Date.UTC(2026, 0, 1);

/** A store with a clock that stands until it is moved, and short ways to fill it. */
export interface Bench extends AsyncDisposable {
  readonly store: Store;
  readonly nowMs: () => number;
  readonly advance: (ms: number) => void;
  /** Sets the wall clock only, as a step of it does. */
  readonly stepWall: (ms: number) => void;
}

export async function openBench(open: OpenStore): Promise<Bench> {
  let wallMs = START_MS;
  let monotonicMs = 0;
  const clock: Clock = {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    // What waits for company waits in real time: the store that is tested is real.
    after: (delayMs, callback) => systemClock.after(delayMs, callback),
  };
  const { store, dispose } = await open({ clock, random });
  await store.createTenant({ tenantId: TENANT, name: "Tenant A", audit: AUDIT });
  return {
    store,
    nowMs: () => wallMs,
    advance: (ms) => {
      wallMs += ms;
      monotonicMs += ms;
    },
    stepWall: (ms) => {
      wallMs += ms;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** The keyed hash is the vault's; here any text that differs will do. */
export const refOf = (customerId: string, tenantId = TENANT): CustomerRef => ({
  tenantId,
  customerId,
  subject: `subject-of-${tenantId}-${Buffer.from(customerId).toString("hex")}`,
});

export async function enrol(
  { store }: Bench,
  ref: CustomerRef,
  options: {
    readonly mode?: "replace" | "add";
    readonly maxTemplates?: number;
    readonly embedderId?: string;
    readonly sealed?: Uint8Array;
  } = {},
): Promise<string> {
  const revision = newId();
  const result = await store.enrol({
    ...ref,
    revision,
    consent: { reference: "contract 7" },
    template: {
      interviewId: newId(),
      embedderId: options.embedderId ?? "embedder-1",
      sealed: options.sealed ?? random.bytes(64),
      imageDigest: newId(),
    },
    mode: options.mode ?? "replace",
    maxTemplates: options.maxTemplates ?? 5,
    audit: AUDIT,
  });
  assert.ok(result.kind === "created" || result.kind === "replaced" || result.kind === "added", result.kind);
  return revision;
}

export async function addEndpoint({ store }: Bench, options: Partial<NewEndpoint> = {}): Promise<string> {
  const endpoint = await store.createEndpoint({
    tenantId: TENANT,
    endpointId: newId(),
    url: "https://receiver.example/hook",
    description: null,
    profile: "standard",
    outcomes: null,
    sealedHeaders: null,
    authKind: null,
    sealedAuth: null,
    rateLimit: null,
    ordered: false,
    unverified: false,
    secrets: [{ secretId: newId(), kind: "hmac", sealed: random.bytes(60), publicKey: null }],
    disabledReason: null,
    operator: false,
    audit: AUDIT,
    ...options,
  });
  return endpoint.endpointId;
}

/** A decision about a customer that is not enrolled, unless told otherwise. */
/** Bars nobody. */
export const NO_GUARD: LockGuard = {
  keys: [],
  limits: { waitAfterFailures: 5, waitMs: 30_000, stopAfterFailures: 50 },
};

export function newDecision(ref: CustomerRef, change: Partial<Decision> & { outcome?: OutcomeKind } = {}): Decision {
  const { outcome, ...rest } = change;
  return {
    ...ref,
    readRevision: null,
    authentication: {
      authenticationId: newId(),
      outcome: outcome ?? "unknown-customer",
      failure: null,
      reason: null,
      transactionId: newId(),
      interviewId: null,
      details: "{}",
    },
    event: { eventId: newId(), body: Buffer.from(JSON.stringify({ customerId: ref.customerId })) },
    counters: [],
    guard: NO_GUARD,
    idempotency: null,
    ...rest,
  };
}

export async function decide(
  { store }: Bench,
  change: Parameters<typeof newDecision>[1] & { readonly ref?: CustomerRef } = {},
): Promise<Decision> {
  const { ref, ...rest } = change;
  const decision = newDecision(ref ?? refOf(`customer-${newId()}`), rest);
  recorded(await store.recordDecision(decision));
  return decision;
}

export function recorded(result: DecisionResult): Extract<DecisionResult, { kind: "recorded" }> {
  assert.equal(result.kind, "recorded");
  return result;
}

export async function claim(
  { store }: Bench,
  request: Partial<ClaimRequest> = {},
): Promise<readonly ClaimedDelivery[]> {
  return await store.claimDeliveries({ limit: 100, perEndpoint: 100, leaseMs: 30_000, ...request });
}

export async function claimOne(bench: Bench): Promise<ClaimedDelivery> {
  const [claimed, ...more] = await claim(bench);
  assert.ok(claimed !== undefined && more.length === 0, "exactly one delivery is due");
  return claimed;
}

export async function finish(
  { store, nowMs }: Bench,
  claimed: ClaimedDelivery,
  next: NextStep = { kind: "delivered" },
): Promise<"recorded" | "stale"> {
  const delivered = next.kind === "delivered";
  const { kind } = await store.finishAttempt({
    tenantId: claimed.tenantId,
    deliveryId: claimed.deliveryId,
    endpointId: claimed.endpoint.endpointId,
    fencingToken: claimed.fencingToken,
    attempt: {
      startedAtMs: nowMs(),
      durationMs: 12,
      result: delivered ? "delivered" : "failed",
      reason: delivered ? null : "httpStatus",
      httpStatus: delivered ? 200 : 500,
      replyBody: Buffer.from("reply"),
      replyContentType: "text/plain",
    },
    next,
  });
  return kind;
}

/** Status and reason of every delivery, newest first. */
export async function states({ store }: Bench, tenantId = TENANT): Promise<readonly string[]> {
  const { items } = await store.listDeliveries({ tenantId, endpointId: null, status: null, eventId: null, ...ALL });
  return items.map((delivery) => [delivery.status, delivery.reason].filter((text) => text !== null).join(" "));
}

export async function mustRead({ store }: Bench, ref: CustomerRef): Promise<Customer> {
  const customer = await store.readCustomer(ref);
  assert.ok(customer !== null, "the customer stands");
  return customer;
}

/** All items of a list, page by page. */
export async function everyPage<T>(
  list: (after: string | null) => Promise<Page<T>>,
  between: () => Promise<unknown> = async () => {
    await Promise.resolve();
  },
): Promise<readonly T[]> {
  const items: T[] = [];
  let after: string | null = null;
  do {
    const page: Page<T> = await list(after);
    items.push(...page.items);
    after = page.next;
    await between();
  } while (after !== null);
  return items;
}
