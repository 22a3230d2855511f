import type { Adapters, StorePlace } from "./adapters.ts";
import type { Config } from "./config/settings.ts";
import type { Store } from "./store/store.ts";

/** The store, and the one by which old rows and whole customers are deleted: the same, or another user's (S33). */
export interface Stores {
  readonly store: Store;
  readonly sweepStore: Store;
}

/** @param started told how to close what was opened, should a start fail later */
export async function openStores(
  { adapters, config, ...place }: { readonly adapters: Adapters; readonly config: Config } & Omit<StorePlace, "config">,
  started: (() => Promise<void>)[],
): Promise<Stores> {
  const open = async (databaseUrl: string | undefined): Promise<Store> => {
    const where = databaseUrl === undefined ? {} : { databaseUrl };
    const store = await adapters.openStore({ ...place, config: where });
    started.push(async () => {
      await store.close();
    });
    return store;
  };
  const { databaseUrl, sweeperDatabaseUrl } = config;
  if (databaseUrl === undefined || sweeperDatabaseUrl === undefined || !config.roles.includes("delivery")) {
    const store = await open(databaseUrl);
    return { store, sweepStore: store };
  }
  // First, since it may erase whom a restored database has back; the other one then finds nothing to do.
  const sweepStore = await open(sweeperDatabaseUrl);
  const store = await open(databaseUrl);
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), sweepStore.close()]);
  };
  return { store: { ...store, close }, sweepStore };
}
