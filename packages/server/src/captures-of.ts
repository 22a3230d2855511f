import { bareImage, compare, type Engine } from "@sameface/engine";
import { type Captures, createCaptures } from "./capture/captures.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/settings.ts";
import { faultFields, type Log } from "./http/log.ts";
import { tellDecision } from "./http/tell-decision.ts";
import { listeningUrl } from "./listening-url.ts";
import type { Metrics } from "./metrics/create-metrics.ts";
import { readTenantPolicy } from "./policy/tenant-policy.ts";
import type { Random } from "./random.ts";
import type { Store } from "./store/store.ts";
import type { Tracer } from "./tracing/tracer.ts";
import type { Vault } from "./vault/vault.ts";

/** Captures over the parts of a server. */
export function capturesOf(parts: {
  readonly config: Config;
  readonly store: Store;
  readonly vault: Vault;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  /** Where the server listens; empty until it does. */
  readonly listeners: readonly { readonly address: string; readonly port: number }[];
}): Captures {
  const { config, listeners, store, log } = parts;
  return createCaptures({
    ...parts,
    compare,
    bare: bareImage,
    readPolicy: async (tenantId) => await readTenantPolicy(store, tenantId),
    // Without a public URL a browser on this host finds the server where it listens.
    baseUrl: () => config.publicUrl ?? listeningUrl(listeners[0] ?? { address: config.host, port: config.port }),
    onDecided: (result, ms) => {
      tellDecision(parts, { result, requestId: null, ms });
    },
    onFault: (fault) => {
      log.error("captures that should have ended wait for the store", faultFields(fault));
    },
  });
}
