import type { Engine } from "@sameface/engine";
import { Live, Ready } from "../api/index.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { StoreError } from "../store/store-error.ts";
import { type Answer, bind, defineRoute, problem, type Route } from "./route.ts";

export const HEALTH_SHAPES = {
  live: defineRoute({
    operationId: "live",
    method: "GET",
    path: "/healthz",
    summary: "The process answers",
    scopes: "public",
    traced: false,
    answers: { 200: { description: "Live", schema: Live } },
    problems: [],
  }),
  ready: defineRoute({
    operationId: "ready",
    method: "GET",
    path: "/readyz",
    summary: "The store takes writes and the engine is there",
    scopes: "public",
    traced: false,
    answers: { 200: { description: "Ready", schema: Ready } },
    problems: ["notReady"],
  }),
};

/** What readiness is asked of. */
export interface HealthParts {
  readonly store: Pick<Store, "ping">;
  /** `null`: this process has no engine (role delivery alone). */
  readonly engine: Pick<Engine, "describe"> | null;
  readonly clock: Clock;
  readonly delivers: boolean;
}

/** Longer than a busy store needs, shorter than a probe waits (reliability.md F32). */
const PING_MS = 2_000;

/** The routes that a load balancer asks; they need no key and tell nothing about anybody. */
export function healthRoutes(parts: HealthParts): readonly Route[] {
  return [
    bind(HEALTH_SHAPES.live, async () => await Promise.resolve({ status: 200, json: { status: "live" } })),
    bind(HEALTH_SHAPES.ready, async () => await readiness(parts)),
  ];
}

async function readiness({ store, engine, clock, delivers }: HealthParts): Promise<Answer> {
  const timeout = startTimeout(clock);
  const cause = await Promise.race([pingFault(store), timeout.ended]);
  timeout.cancel();
  if (cause !== null) return problem("notReady", cause, { retryAfterSeconds: 2 });
  const info = engine?.describe();
  const told =
    info === undefined
      ? null
      : { embedderId: info.embedderId, network: info.isolation.network, processes: info.isolation.processes };
  return { status: 200, json: { status: "ready", engine: told, delivery: delivers } };
}

async function pingFault(store: Pick<Store, "ping">): Promise<string | null> {
  try {
    await store.ping();
    return null;
  } catch (fault) {
    const isFull = fault instanceof StoreError && fault.code === "full";
    return isFull
      ? "The store's disk is full: it takes no writes until there is room again."
      : "The store takes no writes.";
  }
}

function startTimeout(clock: Clock): { readonly ended: Promise<string>; readonly cancel: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  const cancel = clock.after(PING_MS, () => {
    resolve("The store does not answer.");
  });
  return { ended: promise, cancel };
}
