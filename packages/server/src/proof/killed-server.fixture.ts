// A server as `serve` starts it, over the same parts but for two: its engine reads what it measures out of the picture, and
// decorators stand over the ports. KILL_AT=K7:3 sends SIGKILL to the own process at the third K7; without it nothing does.
import { subscribe } from "node:diagnostics_channel";
import { writeSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import pg from "pg";
import { ADAPTERS, type Adapters } from "../adapters.ts";
import { loadConfig } from "../config/load-config.ts";
import { createScriptedEngine } from "../http/scripted-engine.fixture.ts";
import { startWith } from "../main.ts";
import type { Store } from "../store/store.ts";
import { aroundStatement } from "./around-statement.fixture.ts";
import { scriptOf } from "./kept-file.fixture.ts";
import type { KillPoint } from "./kill-points.fixture.ts";

const [wanted = "", turn = "1"] = (process.env["KILL_AT"] ?? "").split(":");
let left = Number(turn);

/** For which a process that died keeps what it had begun; as shipped, most of a run would be waiting for half minutes. */
const LEASE_MS = 2_000;

/** The process is at a point; it dies there when its turn has come. */
function at(point: KillPoint): void {
  if (point !== wanted) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, "SIGKILL");
}

/** Ports that are being called, so that a statement is known to be one of a decision, or of an erasure or a sweep. */
const inside = { decisions: 0, removals: 0 };

function overStore(store: Store): Store {
  return {
    ...store,
    beginIdempotent: async (where) => {
      at("K1");
      const start = await store.beginIdempotent({ ...where, leaseMs: LEASE_MS });
      at("K2");
      return start;
    },
    recordDecision: async (decision) => {
      at("K5");
      inside.decisions += 1;
      const result = await store.recordDecision(decision).finally(() => {
        inside.decisions -= 1;
      });
      at("K7");
      return result;
    },
    claimDeliveries: async (request) => {
      const claimed = await store.claimDeliveries({ ...request, leaseMs: LEASE_MS });
      if (claimed.length > 0) at("K8");
      return claimed;
    },
    finishAttempt: async (result) => {
      const written = await store.finishAttempt(result);
      at("K11");
      return written;
    },
    eraseCustomer: async (erasure) => {
      inside.removals += 1;
      return await store.eraseCustomer(erasure).finally(() => {
        inside.removals -= 1;
      });
    },
    sweep: async (where) => {
      inside.removals += 1;
      return await store.sweep(where).finally(() => {
        inside.removals -= 1;
      });
    },
  };
}

/** After each statement that writes. */
function written(text: string): void {
  if (!/^\s*(insert|update|delete)/i.test(text)) return;
  if (inside.decisions > 0 && /into "pictures"/.test(text)) at("K3");
  if (inside.decisions > 0 && /"(events|authentications|deliveries|feeds|hourly_outcomes|idempotency)"/.test(text))
    at("K6");
  if (inside.removals > 0) at("K12");
}

const prepare: (this: DatabaseSync, text: string) => StatementSync = Reflect.get(DatabaseSync.prototype, "prepare");
DatabaseSync.prototype.prepare = function (text) {
  return aroundStatement(prepare.call(this, text), (work) => {
    const answer = work();
    written(text);
    return answer;
  });
};

const query = Reflect.get(pg.Client.prototype, "query") as (this: pg.Client, ...given: unknown[]) => unknown;
const watchedQuery = async function (this: pg.Client, ...given: unknown[]): Promise<unknown> {
  const answer = await query.apply(this, given);
  const [first] = given;
  if (typeof first === "object" && first !== null && "text" in first) written(String(first.text));
  return answer;
};
Reflect.set(pg.Client.prototype, "query", watchedQuery);

subscribe("undici:request:bodySent", () => {
  at("K9");
});
subscribe("undici:request:headers", (message) => {
  const { response } = message as { readonly response: { readonly statusCode: number } };
  if (response.statusCode < 300) at("K10");
});

const adapters: Adapters = {
  openStore: async (place) => overStore(await ADAPTERS.openStore(place)),
  startTracer: ADAPTERS.startTracer,
  startEngine: async () => {
    const engine = createScriptedEngine();
    const inspect: typeof engine.inspect = async (image, options) => {
      const inspection = await engine.inspect(scriptOf(image), options);
      at("K4");
      return inspection;
    };
    return await Promise.resolve({ ...engine, inspect });
  },
};

const read = await loadConfig({ env: process.env, folder: process.cwd() });
if (!read.ok) throw new Error(read.line);
const server = await startWith(adapters, { config: read.config });
writeSync(1, `sameface is ready on ${server.url}\n`);
process.on("SIGTERM", () => {
  void server.close().then(() => {
    process.exit();
  });
});
