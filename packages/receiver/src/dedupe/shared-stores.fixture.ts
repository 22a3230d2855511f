import { DatabaseSync } from "node:sqlite";
import { Redis } from "ioredis";
import pg from "pg";
import { createClient } from "redis";
import type { ReceiverStore, SharedStoreOptions } from "./dedupe-store.ts";
import { createPostgresStore } from "./postgres.ts";
import { createRedisStore } from "./redis.ts";
import { createSqliteStore } from "./sqlite.ts";

/** A store over a driver of its own, and how to let go of that. */
export interface OpenedStore {
  readonly store: (options?: SharedStoreOptions) => ReceiverStore;
  close(): Promise<void>;
}

/** The drivers that others use, each handed in as a user would. */
export const DRIVERS = {
  "SQLite by node:sqlite": (file: string): Promise<OpenedStore> => {
    const database = new DatabaseSync(file, { timeout: 10_000 });
    const close = (): Promise<void> => {
      database.close();
      return Promise.resolve();
    };
    return Promise.resolve({ store: (options) => createSqliteStore(database, options), close });
  },
  "PostgreSQL by pg": (url: string): Promise<OpenedStore> => {
    const pool = new pg.Pool({ connectionString: url, max: 10 });
    return Promise.resolve({ store: (options) => createPostgresStore(pool, options), close: () => pool.end() });
  },
  "Redis by node-redis": async (url: string): Promise<OpenedStore> => {
    const client = await createClient({ url }).connect();
    return { store: (options) => createRedisStore(client, options), close: () => client.close() };
  },
  "Redis by ioredis": (url: string): Promise<OpenedStore> => {
    const client = new Redis(url);
    const close = async (): Promise<void> => {
      await client.quit();
    };
    return Promise.resolve({ store: (options) => createRedisStore(client, options), close });
  },
} as const satisfies Record<string, (place: string) => Promise<OpenedStore>>;

/** One of {@link DRIVERS}. */
export type DriverName = keyof typeof DRIVERS;
