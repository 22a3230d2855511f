import type { Store } from "../store.ts";
import type { Backend } from "./backend.ts";
import { storeOver } from "./store-over.ts";
import { agreeOnErased, type OutsideTombstones, readTombstone } from "./tombstones.ts";

/** Who was erased before a backup was put back is erased again before anything else is done (F46). */
export async function rememberErased(backend: Backend, outside: OutsideTombstones): Promise<Store> {
  const store = storeOver(backend);
  await agreeOnErased(backend, outside);
  return {
    ...store,
    eraseCustomer: async (erasure) => {
      const counts = await store.eraseCustomer(erasure);
      const tombstone = await readTombstone(backend, erasure);
      // Before the receipt is told: what was told outlives every backup.
      if (tombstone !== null) outside.append([tombstone]);
      return counts;
    },
  };
}
