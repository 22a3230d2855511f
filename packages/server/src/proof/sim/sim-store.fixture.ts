import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { AUDIT } from "../../store/conformance/bench.fixture.ts";
import { storeOver } from "../../store/queries/store-over.ts";
import { createSqliteStore, DATABASE_FILE } from "../../store/sqlite/create-sqlite-store.ts";
import { openReader, openWriter } from "../../store/sqlite/open-database.ts";
import { createSqliteBackend } from "../../store/sqlite/sqlite-backend.ts";
import type { Store } from "../../store/store.ts";
import { createStoreClock } from "../../store/store-clock.ts";
import { aroundStatement } from "../around-statement.fixture.ts";
import { type Select, sqliteSelect } from "../read-rows.fixture.ts";
import { clockOf, type World } from "./world.fixture.ts";

export const SIM_TENANT = "default";

/** An empty database, migrated once, and copied for each seed: a migration costs more than a whole run. */
export interface Template extends Disposable {
  readonly folder: string;
}

export async function makeTemplate(): Promise<Template> {
  const folder = mkdtempSync(join(tmpdir(), "sameface-sim-"));
  const world = { nowMs: () => 0, monotonicMs: () => 0, after: () => () => undefined };
  const random = { bytes: (length: number) => new Uint8Array(length), fraction: () => 0.5 };
  const store = await createSqliteStore({ folder: join(folder, "template"), clock: world, random });
  await store.createTenant({ tenantId: SIM_TENANT, name: "default", audit: AUDIT });
  await store.close();
  return {
    folder,
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/** What goes wrong below the store: whether the next commit, or the next statement that writes, fails. */
export interface DatabaseFaults {
  readonly commitFails: () => boolean;
  readonly statementFails: () => boolean;
}

/** The real store over the real SQLite in a file that is never flushed, in virtual time. */
export function openSimStore(
  { folder }: Template,
  world: World,
  options: { readonly seed: number; readonly faults: DatabaseFaults; readonly stepMs: () => number },
): { readonly store: Store; readonly select: Select; readonly close: () => Promise<void> } {
  const file = join(folder, `${options.seed}.db`);
  copyFileSync(join(folder, "template", DATABASE_FILE), file);
  const writer = openWriter(file);
  writer.exec("pragma synchronous = off");
  injectFaults(writer, options.faults);
  const reader = openReader(file);
  const clock = clockOf(world, options.stepMs);
  const store = storeOver(
    createSqliteBackend({
      writer,
      reader,
      clock,
      random: world.dice("store"),
      nowMs: createStoreClock(clock),
      nextTurn: async () => {
        await world.sleep(0);
      },
      release: () => {
        reader.close();
        writer.close();
      },
    }),
  );
  const close = async (): Promise<void> => {
    await store.close();
    for (const end of ["", "-wal", "-shm"]) rmSync(`${file}${end}`, { force: true });
  };
  return { store, select: sqliteSelect(file), close };
}

const BUSY = 5;
const FULL = 13;

function injectFaults(writer: DatabaseSync, faults: DatabaseFaults): void {
  const [exec, prepare] = [writer.exec.bind(writer), writer.prepare.bind(writer)];
  writer.exec = (text) => {
    if (text === "commit" && faults.commitFails())
      throw Object.assign(new Error("as the plan says"), { errcode: FULL });
    exec(text);
  };
  writer.prepare = (text) => {
    const statement = prepare(text);
    if (!/^\s*(insert|update|delete)/i.test(text)) return statement;
    return aroundStatement(statement, (work) => {
      if (faults.statementFails()) throw Object.assign(new Error("as the plan says"), { errcode: BUSY });
      return work();
    });
  };
}
