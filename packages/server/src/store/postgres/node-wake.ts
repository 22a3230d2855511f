import pg from "pg";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { ConnectOptions } from "./connect-options.ts";
import { connectionLimits } from "./postgres-connection.ts";

/** Tells the other nodes that deliveries became due, and hears it from them. It may lose a message: workers poll too. */
export interface NodeWake {
  /** Called after a commit; messages are sent together. */
  tell(): void;
  close(): Promise<void>;
}

/** One message for all commits within this; measured, a NOTIFY within each transaction more than halves the inserts. */
const GATHER_MS = 25;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 4_000;

interface Options {
  readonly connect: ConnectOptions;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly random: Random;
  /** Nodes of one schema hear each other. */
  readonly channel: string;
  /** Another node told. */
  readonly heard: () => void;
}

export function createNodeWake(options: Options): NodeWake {
  const { clock, random, pool, channel } = options;
  const self = Buffer.from(random.bytes(8)).toString("hex");
  const stopListening = keepListening(options, self);
  let cancelTell: (() => void) | null = null;
  return {
    tell: () => {
      cancelTell ??= clock.after(GATHER_MS, () => {
        cancelTell = null;
        // Lost where the database is: the poll finds what is due.
        pool.query("select pg_notify($1, $2)", [channel, self]).catch(() => undefined);
      });
    },
    close: async () => {
      cancelTell?.();
      await stopListening();
    },
  };
}

/** Listens on a connection of its own, and on a new one where it broke. @returns the way to stop */
function keepListening({ connect, clock, random, channel, heard }: Options, self: string): () => Promise<void> {
  let client: pg.Client | null = null;
  let cancelRetry: (() => void) | null = null;
  let closed = false;
  const listen = async (failures: number): Promise<void> => {
    const mine = new pg.Client({ ...connectionLimits(), ...connect });
    client = mine;
    let failuresBefore = failures;
    const lose = onceLost(mine, () => {
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failuresBefore) * (0.5 + random.fraction());
      if (!closed) cancelRetry = clock.after(waitMs, () => void listen(failuresBefore + 1));
    });
    mine.on("notification", ({ payload }) => {
      if (payload !== self) heard();
    });
    try {
      await mine.connect();
      await mine.query(`listen ${pg.escapeIdentifier(channel)}`);
      failuresBefore = 0;
      // What was told while nobody listened is not told again.
      heard();
    } catch {
      lose();
    }
  };
  void listen(0);
  return async () => {
    closed = true;
    cancelRetry?.();
    await client?.end().catch(() => undefined);
  };
}

/** Calls back once, whether the connection failed, broke or was given up. @returns the way to give it up */
function onceLost(client: pg.Client, callback: () => void): () => void {
  let isLost = false;
  const lose = (): void => {
    if (isLost) return;
    isLost = true;
    client.end().catch(() => undefined);
    callback();
  };
  client.on("error", lose);
  client.on("end", lose);
  return lose;
}
