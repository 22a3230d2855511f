import { startPostgresCluster } from "../tests/support/postgres-cluster.ts";

/** As a small machine would run it: commits are flushed to the disk. */
const SETTINGS = { fsync: "on", shared_buffers: "256MB", max_wal_size: "2GB" };

/** Measures over a PostgreSQL of its own, where one is installed; where none is, it says so. */
export async function withPostgres(
  tell: (line: string) => void,
  measure: (url: string) => Promise<void>,
): Promise<void> {
  const cluster = await startPostgresCluster({ settings: SETTINGS }).catch((fault: unknown) => {
    tell(`not measured over PostgreSQL: ${fault instanceof Error ? fault.message : "it did not start"}`);
    return null;
  });
  if (cluster === null) return;
  try {
    await measure(cluster.url);
  } finally {
    await cluster.close();
  }
}
