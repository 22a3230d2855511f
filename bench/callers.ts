import { randomBytes } from "node:crypto";
import { Pool } from "undici";
import type { ServerProcess } from "../tests/support/server-process.ts";

/** One authentication that was answered. */
export interface Accepted {
  readonly eventId: string;
  readonly askedMs: number;
  readonly answeredMs: number;
}

// What it holds is not looked at: nobody of that name is enrolled.
const IMAGE = Buffer.from([0xff, 0xd8, 0xff, 0xe0]).toString("base64");

/**
 * Authentications of customers whom nobody enrolled, by callers that keep their connection: decided without the engine,
 * so that store and delivery are what is measured.
 * @param load.everyMs one begins in each such time, whoever is still waiting; absent: as soon as a caller is free
 */
export async function accept(
  server: Pick<ServerProcess, "url" | "key">,
  load: { readonly count: number; readonly callers: number; readonly everyMs?: number },
): Promise<readonly Accepted[]> {
  const pool = new Pool(server.url, { connections: load.callers, pipelining: 1 });
  const accepted: Accepted[] = [];
  const startedMs = Date.now();
  let begun = 0;
  const caller = async (): Promise<void> => {
    while (begun < load.count) {
      const dueMs = startedMs + begun * (load.everyMs ?? 0);
      begun += 1;
      if (dueMs > Date.now()) await new Promise((resolve) => setTimeout(resolve, dueMs - Date.now()));
      accepted.push(await authenticate(pool, server.key));
    }
  };
  await Promise.all(Array.from({ length: load.callers }, caller));
  await pool.close();
  return accepted;
}

async function authenticate(pool: Pool, key: string): Promise<Accepted> {
  const body = JSON.stringify({ customerId: `bench-${randomBytes(8).toString("hex")}`, image: IMAGE });
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const askedMs = Date.now();
  const reply = await pool.request({ method: "POST", path: "/v1/authentications", headers, body });
  const answer = (await reply.body.json()) as { readonly eventId?: string };
  if (reply.statusCode !== 200) throw new Error(`an authentication was answered ${reply.statusCode}`);
  return { eventId: String(answer.eventId), askedMs, answeredMs: Date.now() };
}
