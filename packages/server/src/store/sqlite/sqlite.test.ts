import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { deliveryRowsConformance, type OpenRows } from "../conformance/delivery-rows.conformance.ts";
import { storeConformance } from "../store.conformance.ts";
import { createSqliteStore, DATABASE_FILE } from "./create-sqlite-store.ts";

const open: OpenRows = async (world) => {
  const folder = await mkdtemp(join(tmpdir(), "sameface-store-"));
  const store = await createSqliteStore({ ...world, folder });
  const sql = async (text: string) => {
    using database = new DatabaseSync(join(folder, DATABASE_FILE));
    return await Promise.resolve(database.prepare(text).all());
  };
  const dispose = async (): Promise<void> => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, dispose, sql };
};

storeConformance("SQLite", open);
deliveryRowsConformance("SQLite", open);
