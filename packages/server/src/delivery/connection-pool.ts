import { type Connection, type ConnectionOptions, openConnection } from "./connection.ts";

/** Keeps open connections for the next exchange with their origin. */
export interface ConnectionPool {
  /** An idle connection of the origin, or a new one that connects at its first exchange. */
  take(origin: string): Connection;
  /** A connection that has no socket yet. */
  takeFresh(origin: string): Connection;
  /** Gives a connection back after an exchange that ended well; others are destroyed by their user. */
  give(connection: Connection): void;
  close(): void;
}

/** How many connections may wait idle. */
export interface PoolLimits {
  readonly idlePerOrigin: number;
  readonly idleInAll: number;
}

/** @returns a pool that opens as many connections as it is asked for, and keeps a bounded number of idle ones */
export function createConnectionPool(options: ConnectionOptions, limits: PoolLimits): ConnectionPool {
  const idle = createIdleList();
  let closed = false;
  const takeFresh = (origin: string): Connection => {
    const connection = openConnection(origin, options);
    connection.onClosed(() => {
      if (idle.remove(connection)) connection.destroy();
    });
    return connection;
  };
  return {
    takeFresh,
    take: (origin) => {
      const warm = idle.of(origin).findLast((one) => one.isOpen());
      if (warm === undefined) return takeFresh(origin);
      idle.remove(warm);
      return warm;
    },
    give: (connection) => {
      const isFull = idle.of(connection.origin).length >= limits.idlePerOrigin;
      if (closed || isFull || !connection.isOpen()) {
        connection.destroy();
        return;
      }
      idle.add(connection);
      if (idle.size() > limits.idleInAll) idle.removeOldest()?.destroy();
    },
    close: () => {
      closed = true;
      while (idle.size() > 0) idle.removeOldest()?.destroy();
    },
  };
}

/** Connections in the order of being given back, and the same by origin. */
function createIdleList(): {
  size(): number;
  of(origin: string): readonly Connection[];
  add(connection: Connection): void;
  /** Whether it stood in the list. */
  remove(connection: Connection): boolean;
  removeOldest(): Connection | undefined;
} {
  const all = new Set<Connection>();
  const byOrigin = new Map<string, readonly Connection[]>();
  const of = (origin: string): readonly Connection[] => byOrigin.get(origin) ?? [];
  const remove = (connection: Connection): boolean => {
    const rest = of(connection.origin).filter((one) => one !== connection);
    if (rest.length === 0) byOrigin.delete(connection.origin);
    else byOrigin.set(connection.origin, rest);
    return all.delete(connection);
  };
  return {
    size: () => all.size,
    of,
    remove,
    add: (connection) => {
      all.add(connection);
      byOrigin.set(connection.origin, [...of(connection.origin), connection]);
    },
    removeOldest: () => {
      const [oldest] = all;
      if (oldest !== undefined) remove(oldest);
      return oldest;
    },
  };
}
