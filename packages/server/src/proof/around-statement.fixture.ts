import type { StatementSync } from "node:sqlite";

type Work = (...values: unknown[]) => unknown;

/** Puts something around what a prepared statement does. */
export function aroundStatement(statement: StatementSync, wrap: (work: () => unknown) => unknown): StatementSync {
  const all = statement.all.bind(statement) as Work;
  const run = statement.run.bind(statement) as Work;
  return Object.assign(statement, {
    all: (...values: unknown[]) => wrap(() => all(...values)),
    run: (...values: unknown[]) => wrap(() => run(...values)),
  });
}
