import { storeOver } from "../../store/queries/store-over.ts";
import { createSqliteBackend } from "../../store/sqlite/sqlite-backend.ts";
import type { Store } from "../../store/store.ts";
import { createStoreClock } from "../../store/store-clock.ts";
import type { Select, SelectWith } from "../read-rows.fixture.ts";
import type { DatabaseFaults, SimDatabase } from "./sim-database.fixture.ts";
import { clockOf, type World } from "./world.fixture.ts";

/**
 * The real store over the real SQLite, in virtual time. Each read and each group of writes has a moment of the world of
 * its own, so that none sees what another has not committed: one connection serves for both.
 */
export function openSimStore(
  { connection, reset }: SimDatabase,
  world: World,
  options: { readonly faults: DatabaseFaults; readonly stepMs: () => number },
): { readonly store: Store; readonly select: Select & SelectWith } {
  reset(options.faults);
  const clock = clockOf(world, options.stepMs);
  const backend = createSqliteBackend({
    writer: connection,
    reader: connection,
    clock,
    random: world.dice("store"),
    ...createStoreClock(clock),
    nextTurn: async () => {
      await world.sleep(0);
    },
    release: () => undefined,
  });
  const store = storeOver({
    ...backend,
    read: async (work) => {
      await world.sleep(0);
      return await backend.read(work);
    },
  });
  return {
    store,
    select: async (text, values: readonly number[] = []) =>
      await Promise.resolve(connection.prepare(text).all(...values)),
  };
}
