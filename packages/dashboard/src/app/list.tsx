import type { ReactNode } from "react";
import { Button } from "../kit/button.tsx";
import { failureWords } from "../kit/failure-words.ts";
import { Failed, Loading } from "../kit/states.tsx";
import { type Column, Table } from "../kit/table.tsx";
import type { Pages } from "./use-pages.tsx";

/** A paged list in all of its states: loading, failed, empty, rows, more. */
export function List<Item>({
  pages,
  empty,
  ...table
}: {
  readonly pages: Pages<Item>;
  readonly empty: ReactNode;
  readonly label: string;
  readonly columns: readonly Column<Item>[];
  readonly keyOf: (item: Item) => string;
  readonly hrefOf?: (item: Item) => string;
}) {
  const { asked, more, loadingMore, moreFailure, reload } = pages;
  if (asked.state === "loading") return <Loading lines={8} />;
  if (asked.state === "failed") return <Failed failure={asked.failure} onRetry={reload} />;
  if (asked.body.length === 0) return empty;
  return (
    <>
      <Table {...table} rows={asked.body} />
      <div className="more">
        <span className="faint small">{asked.body.length} shown</span>
        {moreFailure === undefined ? null : (
          <span className="small" role="alert">
            {failureWords(moreFailure)}
          </span>
        )}
        {more === null ? null : (
          <Button small busy={loadingMore} onPress={more}>
            {loadingMore ? "Loading" : "Show more"}
          </Button>
        )}
      </div>
    </>
  );
}
