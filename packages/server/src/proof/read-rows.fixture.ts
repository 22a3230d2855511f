import { DatabaseSync } from "node:sqlite";
import type { OutcomeKind } from "@sameface/contract";
import type { Rows } from "./check-story.fixture.ts";

/** Runs one statement and answers its rows. */
export type Select = (text: string) => Promise<readonly Record<string, unknown>[]>;

/** As {@link Select}, for what is asked again and again with other values. */
export type SelectWith = (text: string, values: readonly number[]) => Promise<readonly Record<string, unknown>[]>;

/** Reads a SQLite file; nobody else needs to have closed it. */
export function sqliteSelect(file: string): Select {
  return async (text) => {
    using database = new DatabaseSync(file, { readOnly: true });
    return await Promise.resolve(database.prepare(text).all());
  };
}

/** Changes a SQLite file that no process has open. */
export function sqliteChange(file: string): (text: string) => Promise<void> {
  return async (text) => {
    using database = new DatabaseSync(file);
    database.exec(text);
    await Promise.resolve();
  };
}

/** What the checker judges, as it stands in the tables. */
export async function readRows(select: Select): Promise<Rows> {
  const events = await select("select event_id, outcome, body, operator_type from events");
  const authentications = await select("select authentication_id, event_id, outcome from authentications");
  const deliveries = await select("select event_id, endpoint_id, status, reason from deliveries where test = 0");
  const pictures = await select("select authentication_id from pictures");
  const [counted] = await select(
    "select sum(consecutive_failures) as failures from failure_counters where scope = 'customer'",
  );
  return {
    events: events.map((row) => ({
      eventId: String(row["event_id"]),
      outcome: row["outcome"] as OutcomeKind | null,
      body: row["body"] === null ? null : Buffer.from(row["body"] as Uint8Array).toString("utf8"),
      isOperators: row["operator_type"] !== null,
    })),
    authentications: authentications.map((row) => ({
      authenticationId: String(row["authentication_id"]),
      eventId: String(row["event_id"]),
      outcome: row["outcome"] as OutcomeKind,
    })),
    deliveries: deliveries.map((row) => ({
      eventId: String(row["event_id"]),
      endpointId: String(row["endpoint_id"]),
      status: String(row["status"]),
      reason: row["reason"] as string | null,
    })),
    pictures: pictures.map((row) => String(row["authentication_id"])),
    countedFailures: Number(counted?.["failures"] ?? 0),
  };
}
