import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeConformance } from "../store.conformance.ts";
import { createSqliteStore } from "./create-sqlite-store.ts";

storeConformance("SQLite", async (world) => {
  const folder = await mkdtemp(join(tmpdir(), "sameface-store-"));
  const store = await createSqliteStore({ ...world, folder });
  const dispose = async (): Promise<void> => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, dispose };
});
